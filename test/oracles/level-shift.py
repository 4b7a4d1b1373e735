"""Writes level-shift.json: where Pettitt's test sees a change of level, and its p-value, from scipy's Mann-Whitney U.

U of the first t values against the others counts the pairs in which the first is larger; Pettitt's U(t) is twice that, less
the number of pairs. Requirements: see requirements.txt beside it.

    /tmp/venv-oracles/bin/python test/oracles/level-shift.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import mannwhitneyu

FEWEST = 7


def level_shift(values):
    n = len(values)
    splits = range(FEWEST, n - FEWEST + 1)
    u = [abs(2 * mannwhitneyu(values[:t], values[t:]).statistic - t * (n - t)) for t in splits]
    index = splits[int(np.argmax(u))]
    sides = values[:index], values[index:]
    one, two = [np.abs(np.concatenate([side[lag:] - side[:-lag] for side in sides])).mean() for lag in (1, 2)]
    r = np.clip((two / one) ** 2 - 1, 0, 0.99)
    k2 = max(u) ** 2 * (1 - r) / (1 + r)
    return {"index": index, "pValue": float(min(1, 2 * np.exp(-6 * k2 / (n**3 + n**2))))}


def autocorrelated(rng, n, r):
    values = [rng.normal()]
    for _ in range(n - 1):
        values.append(r * values[-1] + np.sqrt(1 - r * r) * rng.normal())
    return np.array(values)


rng = np.random.default_rng(7)
series = {
    "noise": rng.normal(50, 5, 60),
    "a step of two deviations": np.concatenate([rng.normal(50, 5, 40), rng.normal(60, 5, 25)]),
    "a step down near the end": np.concatenate([rng.normal(80, 3, 52), rng.normal(70, 3, 8)]),
    "ties": np.concatenate([rng.integers(1, 4, 30), rng.integers(3, 6, 20)]).astype(float),
    "likeness of .8": 50 + 5 * autocorrelated(rng, 90, 0.8),
    "a step under likeness of .5": 50 + 5 * autocorrelated(rng, 90, 0.5) + np.where(np.arange(90) < 50, 0, 12),
    "a trend": np.arange(40.0) + rng.normal(0, 1, 40),
    "fourteen values": np.concatenate([rng.normal(0, 1, 7), rng.normal(9, 1, 7)]),
}
cases = [
    {"name": name, "values": [round(float(value), 6) for value in values]} for name, values in series.items()
]
for case in cases:
    case["expected"] = level_shift(np.array(case["values"]))
Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=1) + "\n")
