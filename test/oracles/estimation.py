"""Writes estimation.json: what scikit-learn's isotonic regression gives for points that core/estimation is tested on.

Requirements: see requirements.txt beside it (Python 3.11).

    python3 -m venv /tmp/venv-oracles
    /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/estimation.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.isotonic import IsotonicRegression

random = np.random.default_rng(20130401)


def isotonic(name, x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    at = np.concatenate([[x.min() - 1, x.max() + 1], random.uniform(x.min(), x.max(), 20), x[:5]])
    model = IsotonicRegression(out_of_bounds="clip").fit(x, y)
    return {"name": name, "x": x.tolist(), "y": y.tolist(), "at": at.tolist(), "heights": model.predict(at).tolist()}


score = random.beta(2, 5, size=150)
cases = [
    isotonic("scores and classes", score, random.uniform(size=150) < score**1.5),
    isotonic("tied scores", np.round(score, 1), random.uniform(size=150) < score),
    isotonic("only falling", np.arange(10), -np.arange(10)),
    isotonic("rising already", np.arange(10), np.arange(10) ** 2),
    isotonic("constant", np.arange(5), np.ones(5)),
    isotonic("one point", [0.5], [1]),
]

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"isotonic": cases}, indent=1) + "\n")
