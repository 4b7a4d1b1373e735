"""Writes intervals.json: how far sums over hours may lie from the truth, computed with scipy for test/core/performance.

The mixture of Student's laws of core/performance/intervals-spread.ts, by scipy's cosine transform, laws and root finding; the
variance of DeLong's area by pairs; Wilson's interval by its quadratic equation.

Requirements: numpy==2.4.6 scipy==1.17.1 (Python 3.11)

    python3 -m venv /tmp/venv-intervals
    /tmp/venv-intervals/bin/pip install numpy==2.4.6 scipy==1.17.1
    /tmp/venv-intervals/bin/python test/oracles/intervals.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import fft, optimize, stats

random = np.random.default_rng(20110313)
correlations = [0.3, 0.6, 0.8, 0.9, 0.95]
shares = [0.25, 0.5, 1.0]
most_waves = 80


def spectrum(waves, hours, correlation):
    return (1 - correlation**2) / np.abs(1 - correlation * np.exp(1j * np.pi * waves / hours)) ** 2


def variance_of_sum(hours, correlation):
    """Of standard normal hours, over their number."""
    lags = np.arange(1, hours)
    return 1 + 2 * np.sum((1 - lags / hours) * correlation**lags)


def spread(name, deviations, weights, rhythm):
    deviations, weights = np.asarray(deviations), np.asarray(weights, dtype=float)
    hours = len(deviations)
    waves = np.arange(1, min(hours - 1, most_waves) + 1)
    left = deviations
    if rhythm:
        left = deviations - np.array([deviations[hour % 24 :: 24].mean() for hour in range(hours)])
        of_day = 2 * hours / 24
        nearest = np.round(waves / of_day)
        waves = waves[(nearest == 0) | (np.abs(waves - nearest * of_day) > 1)]
    power = fft.dct(left, norm="ortho")[waves] ** 2
    prior = np.array([(1 - correlation) ** -0.25 for correlation in correlations])
    prior = 0.25 * prior / prior.sum() / len(shares)
    stretch = hours / min(hours, most_waves + 1)
    candidates = [(0.75, np.ones(len(waves)), 1.0)]
    for weight, stretched in zip(prior, correlations, strict=True):
        correlation = stretched ** (1 / stretch)
        shape = spectrum(waves, hours, correlation)
        at_zero = variance_of_sum(hours, correlation) / shape.mean()
        for share in shares:
            candidates.append((weight, 1 - share + share * shape / shape.mean(), 1 - share + share * at_zero))
    logs, scales = [], []
    for weight, f, at_zero in candidates:
        squares = np.sum(power / f)
        logs.append(np.log(weight) - np.log(f).sum() / 2 - len(waves) / 2 * np.log(squares))
        scales.append(np.sqrt(hours * at_zero * squares / len(waves)))
    posterior = np.exp(np.array(logs) - max(logs))
    posterior /= posterior.sum()
    freedom = max(1.0, len(waves) * weights.sum() ** 2 / np.sum(weights**2) / hours)

    def p_value(distance):
        return float(2 * np.sum(posterior * stats.t.sf(distance / np.array(scales), freedom)))

    half_width = optimize.brentq(lambda x: p_value(x) - 0.05, 1e-9, 1e9 * max(scales), xtol=1e-14)
    return {
        "name": name,
        "deviations": deviations.tolist(),
        "weights": weights.tolist(),
        "halfWidth": half_width,
    }


def autoregression(hours, correlation):
    values = [random.normal()]
    for _ in range(hours - 1):
        values.append(correlation * values[-1] + np.sqrt(1 - correlation**2) * random.normal())
    values = np.array(values) / hours
    return values - values.mean()


def area(positives, negatives):
    wins = (positives[:, None] > negatives) + (positives[:, None] == negatives) / 2
    ofPositive = (wins.mean(axis=1) - wins.mean()) / len(positives)
    ofNegative = (wins.mean(axis=0) - wins.mean()) / len(negatives)
    return {
        "positives": positives.tolist(),
        "negatives": negatives.tolist(),
        "area": float(wins.mean()),
        "variance": float(np.sum(ofPositive**2) + np.sum(ofNegative**2)),
    }


daily = np.tile(np.sin(np.arange(24) / 24 * 2 * np.pi), 7) / 168
oracle = {
    "spreads": [
        spread("50 independent hours", autoregression(50, 0), np.ones(50), False),
        spread("6 hours", autoregression(6, 0), np.ones(6), False),
        spread("48 hours with an autocorrelation of .8", autoregression(48, 0.8), np.ones(48), False),
        spread("a week with a daily rhythm", autoregression(168, 0.5) + daily, np.ones(168), True),
        spread("hours of different weight", autoregression(40, 0.3), random.integers(1, 100, 40), False),
    ],
    "wilson": [
        {"share": share, "inverseSize": inverse, "ends": sorted(np.roots([1 + inverse, -2 * share - inverse, share**2]))}
        for share in (0.2, 0.5, 0.95)
        for inverse in (0.01, 0.1, 2.0)
    ],
    "areas": [area(np.round(random.normal(0.6, 0.15, 30), 2), np.round(random.normal(0.4, 0.15, 40), 2))],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(oracle, indent=1) + "\n")
