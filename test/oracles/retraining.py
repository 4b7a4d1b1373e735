"""Writes retraining.json: by how much one version is better than another, and how sure that is, as numpy and scikit-learn give
it for what core/retraining is tested on.

Requirements: see requirements.txt beside it (Python 3.11).

    python3 -m venv /tmp/venv-oracles
    /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/retraining.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import f1_score, log_loss, mean_absolute_error, r2_score, root_mean_squared_error

SEED = 20260302


def jackknife(metric, higher, day, actual, challenger, champion):
    """The delete-a-group jackknife of groups of unequal size (Busing, Meijer and van der Leeden 1999), without its bias
    correction: the pseudo-values' spread about the estimate over all rows."""

    def improvement(rows):
        one, other = metric(actual[rows], challenger[rows]), metric(actual[rows], champion[rows])
        return (one - other if higher else other - one) / abs(other)

    all_rows = np.ones(len(day), bool)
    value = improvement(all_rows)
    groups = np.unique(day)
    count = np.array([(day == group).sum() for group in groups])
    influence = (1 - count / len(day)) * (value - np.array([improvement(day != group) for group in groups]))
    variance = len(groups) / (len(groups) - 1) * (influence**2).sum()
    freedom = min(len(groups), count.sum() ** 2 / (count**2).sum()) - 1
    reach = stats.t.ppf(0.975, freedom) * np.sqrt(variance)
    return {
        "challenger": metric(actual, challenger),
        "champion": metric(actual, champion),
        "value": value,
        "low": value - reach,
        "high": value + reach,
    }


def regression(rng):
    day = np.repeat(np.arange(7), [20, 24, 11, 24, 18, 24, 9])
    shock = rng.normal(size=7)[day]
    actual = 50 + 10 * rng.normal(size=len(day))
    challenger = actual + 3 * rng.normal(size=len(day)) + shock
    champion = actual + 4 * rng.normal(size=len(day)) + 2 * shock
    metrics = {
        "rmse": (root_mean_squared_error, False),
        "mae": (mean_absolute_error, False),
        "r2": (r2_score, True),
    }
    return {
        "day": day.tolist(),
        "actual": actual.tolist(),
        "challenger": challenger.tolist(),
        "champion": champion.tolist(),
        "expected": {
            name: jackknife(metric, higher, day, actual, challenger, champion)
            for name, (metric, higher) in metrics.items()
        },
    }


def classification(rng):
    day = np.repeat(np.arange(8), [15, 22, 9, 17, 20, 30, 12, 14])
    actual = (rng.uniform(size=len(day)) < 0.4).astype(int)
    score = lambda noise: 1 / (1 + np.exp(-(2 * actual - 1 + noise * rng.normal(size=len(day)))))
    challenger, champion = score(1.0), score(1.6)
    metrics = {
        "log_loss": (lambda actual, score: log_loss(actual, score, labels=[0, 1]), False),
        "f1": (lambda actual, score: f1_score(actual, score > 0.5, average="weighted"), True),
    }
    return {
        "day": day.tolist(),
        "actual": actual.tolist(),
        "challenger": challenger.tolist(),
        "champion": champion.tolist(),
        "expected": {
            name: jackknife(metric, higher, day, actual, challenger, champion)
            for name, (metric, higher) in metrics.items()
        },
    }


if __name__ == "__main__":
    rng = np.random.default_rng(SEED)
    oracle = {"regression": regression(rng), "classification": classification(rng)}
    Path(__file__).with_suffix(".json").write_text(json.dumps(oracle, indent=1) + "\n")
