"""Writes comparison.json: what scipy, statsmodels and scikit-learn give for what core/comparison is tested on.

Requirements: see requirements.txt beside it (Python 3.11).

    python3 -m venv /tmp/venv-oracles
    /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/comparison.py
"""

import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn.metrics import roc_auc_score

SEED = 20260301


def effective(counts):
    counts = counts[counts > 0]
    return counts.sum() ** 2 / (counts**2).sum()


def means(rng, days, subject_rows, against_rows):
    """Losses of two sides by day; the difference by OLS on an indicator with errors clustered by day, without the correction for
    few regressors: G / (G - 1) is applied by hand."""
    day, side, loss = [], [], []
    shock = rng.normal(size=days)
    for d in range(days):
        for is_subject, rows in ((1, subject_rows), (0, against_rows)):
            n = rng.integers(*rows) if isinstance(rows, tuple) else rows
            day += [d] * n
            side += [is_subject] * n
            loss += list(np.abs(rng.normal(size=n) + shock[d] + 0.2 * is_subject))
    day, side, loss = np.array(day), np.array(side), np.array(loss)
    fit = sm.OLS(loss, sm.add_constant(side.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": day, "use_correction": False}
    )
    error = fit.bse[1] * np.sqrt(days / (days - 1))
    counts = [np.bincount(day[side == s], minlength=days) for s in (1, 0)]
    degrees = min(days - 1, *(effective(c) - 1 for c in counts))
    difference = loss[side == 1].mean() - loss[side == 0].mean()
    return {
        "blocks": [
            {
                name: {"rows": int(((day == d) & (side == s)).sum()), "sum": loss[(day == d) & (side == s)].sum()}
                for name, s in (("subject", 1), ("against", 0))
            }
            for d in range(days)
        ],
        "expected": {
            "difference": difference,
            "low": difference - stats.t.ppf(0.975, degrees) * error,
            "high": difference + stats.t.ppf(0.975, degrees) * error,
            "pValue": 2 * stats.t.sf(abs(difference / error), degrees),
        },
    }


def paired_days(rng, days):
    """The same number of rows every day, on both sides: the t-test of the days' mean differences."""
    subject, against = rng.gamma(2, size=(2, days, 5))
    test = stats.ttest_rel(subject.mean(axis=1), against.mean(axis=1))
    low, high = test.confidence_interval()
    return {
        "blocks": [
            {"subject": {"rows": 5, "sum": s.sum()}, "against": {"rows": 5, "sum": a.sum()}}
            for s, a in zip(subject, against)
        ],
        "expected": {
            "difference": subject.mean() - against.mean(),
            "low": low,
            "high": high,
            "pValue": test.pvalue,
        },
    }


def hours(rng, count):
    """Autocorrelated differences, hour by hour; the variance by projection on the first cosines."""
    differences = [0.0]
    for _ in range(count - 1):
        differences.append(0.7 * differences[-1] + rng.normal())
    differences = np.array(differences) + 0.4
    v = round(0.4 * count ** (2 / 3))
    basis = np.sqrt(2 / count) * np.cos(np.pi * np.outer(np.arange(1, v + 1), np.arange(count) + 0.5) / count)
    long_run = ((basis @ (differences - differences.mean())) ** 2).mean()
    error = np.sqrt(long_run / count)
    mean = differences.mean()
    return {
        "blocks": [
            {"subject": {"rows": 1, "sum": d}, "against": {"rows": 1, "sum": 0}} for d in differences
        ],
        "expected": {
            "difference": mean,
            "low": mean - stats.t.ppf(0.975, v) * error,
            "high": mean + stats.t.ppf(0.975, v) * error,
            "pValue": 2 * stats.t.sf(abs(mean) / error, v),
        },
    }


def aucs(rng, days, rows, cells):
    """Two scores of the same rows, in cells; the standard error by the jackknife that leaves out a day."""
    day = np.repeat(np.arange(days), rows)
    positive = rng.random(days * rows) < 0.3
    latent = positive + rng.normal(size=days * rows)
    scores = [np.floor((latent + noise * rng.normal(size=days * rows)) * cells).astype(int) for noise in (0.3, 0.9)]

    def difference(kept):
        return roc_auc_score(positive[kept], scores[0][kept]) - roc_auc_score(positive[kept], scores[1][kept])

    without = np.array([difference(day != d) for d in range(days)])
    counts = {}
    for name, values in zip(("subject", "against"), scores):
        for d, p, cell in zip(day, positive, values):
            key = (name, int(d), bool(p), int(cell))
            counts[key] = counts.get(key, 0) + 1
    return {
        "counts": [[*key, n] for key, n in sorted(counts.items())],
        "expected": {
            "value": roc_auc_score(positive, scores[0]),
            "against": roc_auc_score(positive, scores[1]),
            "jackknifeError": np.sqrt((days - 1) / days * ((without - without.mean()) ** 2).sum()),
        },
    }


def main():
    rng = np.random.default_rng(SEED)
    pairs = [(0, 0), (0, 1), (0, 6), (3, 12), (5, 5), (40, 71), (1000, 1100), (3, 900)]
    oracle = {
        "means": {
            "equal days, different rows": means(rng, 12, 6, 4),
            "unequal days": means(rng, 9, (1, 12), (2, 7)),
        },
        "pairedDays": paired_days(rng, 10),
        "hours": hours(rng, 120),
        "aucs": aucs(rng, 12, 40, 8),
        "mcNemar": [
            {
                "onlySubject": b,
                "onlyAgainst": c,
                "pValue": 1.0 if b + c == 0 else float(stats.binomtest(b, b + c, 0.5).pvalue),
            }
            for b, c in pairs
        ],
    }
    path = Path(__file__).with_name("comparison.json")
    path.write_text(json.dumps(oracle, separators=(",", ":"), default=float) + "\n")


if __name__ == "__main__":
    main()
