"""Writes statistics.json: what numpy and scipy give for data that core/statistics is tested on.

Requirements: numpy==2.4.6 scipy==1.17.1 (Python 3.11), see requirements.txt beside it.

    python3 -m venv /tmp/venv-statistics
    /tmp/venv-statistics/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-statistics/bin/python test/oracles/statistics.py
"""

import csv
import json
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

random = np.random.default_rng(20110313)
here = Path(__file__).parent
with open(here.parent.parent / "demo" / "data" / "bikeshare_2011.csv", newline="") as file:
    bikes = list(csv.DictReader(file))


def bin_edges(reference):
    """The nine inner deciles, merged; below, at and above where they are one value; never the minimum."""
    deciles = np.unique(np.quantile(reference, np.arange(1, 10) / 10))
    if len(deciles) == 1:
        return np.array([deciles[0], np.nextafter(deciles[0], np.inf)])
    return deciles[deciles > reference.min()]


def bin_counts(values, edges):
    return np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)


def population_stability_index(reference, current):
    used = reference + current > 0
    p = (reference[used] + 0.5) / (reference.sum() + used.sum() / 2)
    q = (current[used] + 0.5) / (current.sum() + used.sum() / 2)
    return 0.0 if used.sum() == 1 else float(np.sum((p - q) * np.log(p / q)))


def jensen_shannon(reference, current):
    return float(np.nan_to_num(jensenshannon(reference, current, base=2)))


def compare_continuous(reference, current):
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    # One value against one value has no effective size; scipy gives nan, we say p = 1.
    ks = stats.ks_2samp(reference, current, method="asymp")
    edges = bin_edges(reference)
    counts = bin_counts(reference, edges), bin_counts(current, edges)
    distance = stats.wasserstein_distance(reference, current)
    return {
        "kolmogorovSmirnov": {
            "statistic": ks.statistic,
            "pValue": 1.0 if np.isnan(ks.pvalue) else ks.pvalue,
        },
        "wasserstein": {"statistic": distance, "effect": distance / (np.std(reference) or 0.001)},
        "referenceBins": counts[0].tolist(),
        "currentBins": counts[1].tolist(),
        "populationStabilityIndex": population_stability_index(*counts),
        "jensenShannon": jensen_shannon(*counts),
    }


def continuous(name, reference, current):
    return {
        "name": name,
        "reference": np.asarray(reference).tolist(),
        "current": np.asarray(current).tolist(),
        "expected": compare_continuous(reference, current),
    }


def bike_column(column, reference, current):
    def month(name):
        return [float(row[column]) for row in bikes if row["mnth"] == name]

    return {
        "name": f"{column} of the bikes, {reference} against {current}",
        "column": column,
        "months": [reference, current],
        "expected": compare_continuous(month(reference), month(current)),
    }


def categorical(name, reference, current):
    """Two dictionaries of level -> count. The last bin is what the reference has not seen."""
    levels = list(reference)
    table = np.array(
        [
            [reference[level] for level in levels] + [0],
            [current.get(level, 0) for level in levels]
            + [sum(count for level, count in current.items() if level not in reference)],
        ]
    )
    seen = table[:, :-1]
    occurring = table[:, table.sum(axis=0) > 0]
    rare = stats.contingency.expected_freq(occurring).min(axis=0) < 5
    merged = occurring[:, ~rare]
    if rare.any():
        merged = np.column_stack([merged, occurring[:, rare].sum(axis=1)])
    chi_squared = {"statistic": 0.0, "pValue": 1.0, "effect": 0.0}
    if occurring.shape[1] > 1:
        test = stats.chi2_contingency(merged, correction=False)
        chi_squared = {
            "statistic": test.statistic,
            "pValue": test.pvalue,
            "effect": np.sqrt(test.statistic / merged.sum()),
        }
    return {
        "name": name,
        "reference": reference,
        "current": current,
        "expected": {
            "chiSquared": chi_squared,
            "mergedLevels": merged.shape[1],
            "jensenShannon": jensen_shannon(*table),
            # Unseen levels are out of the sum; without a level of the reference nothing is left to compare.
            "populationStabilityIndex": population_stability_index(*seen) if seen[1].any() else None,
        },
    }


def bike_levels(column, reference, current):
    def month(name):
        values, counts = np.unique([row[column] for row in bikes if row["mnth"] == name], return_counts=True)
        return {str(value): int(count) for value, count in zip(values, counts)}

    return categorical(
        f"{column} of the bikes, {reference} against {current}", month(reference), month(current)
    )


def normal(mean, deviation, size, digits=4):
    return np.round(random.normal(mean, deviation, size), digits)


zeros_and_rain = np.concatenate([np.zeros(260), np.round(random.exponential(2, 40), 3)])

samples = [
    continuous("normal, shifted by 0.3 standard deviations", normal(0, 1, 300), normal(0.3, 1, 200)),
    continuous("normal, not shifted, few current values", normal(5, 2, 300), normal(5, 2, 12)),
    continuous("normal, 11 values each", normal(0, 1, 11), normal(1, 1, 11)),
    continuous("ties: counts of a Poisson law", random.poisson(3, 300), random.poisson(3.6, 150)),
    continuous("zeros and ones", random.binomial(1, 0.05, 300), random.binomial(1, 0.4, 120)),
    continuous("mostly zeros", zeros_and_rain, np.round(random.exponential(1, 80), 3)),
    continuous("equal constants", np.full(50, 0.1), np.full(20, 0.1)),
    continuous("unequal constants", np.full(50, 5.0), np.full(20, 7.5)),
    continuous("constant reference, varying current", np.full(40, 3.0), normal(3, 1, 60)),
    continuous("single equal values", [4.5], [4.5]),
    continuous("single unequal values", [4.5], [2.0]),
    continuous("single value against many", [0.25], normal(0, 1, 30)),
    continuous("disjoint supports, current above", normal(0, 1, 100), normal(100, 1, 100)),
    continuous("disjoint supports, current below", normal(0, 1, 100), normal(-50, 1, 80)),
    continuous("an offset of 1e9 and a little noise", 1e9 + normal(0, 0.01, 200), 1e9 + normal(0.004, 0.01, 150)),
    continuous("heavy tails: Cauchy", np.round(random.standard_cauchy(300), 4), np.round(random.standard_cauchy(200), 4)),
    continuous("heavy tails: lognormal", np.round(random.lognormal(0, 3, 300), 5), np.round(random.lognormal(0.4, 3, 200), 5)),
    continuous("a small unit", normal(2e-6, 1e-7, 200, 10), normal(2.1e-6, 1e-7, 90, 10)),
    continuous("identical samples", np.arange(40) / 8, np.arange(40) / 8),
]

statistics = {
    "continuous": samples,
    "bikeColumns": [
        bike_column("temp", "Jan", "July"),
        bike_column("hum", "March", "April"),
        bike_column("windspeed", "Jan", "Feb"),
        bike_column("windspeed", "May", "June"),
        bike_column("hr", "Oct", "Nov"),
        bike_column("bikers", "Feb", "Aug"),
    ],
    "categorical": [
        bike_levels("weathersit", "May", "Aug"),
        bike_levels("weathersit", "Jan", "March"),
        bike_levels("weekday", "Feb", "Oct"),
        categorical("unseen levels", {"a": 60, "b": 40}, {"a": 30, "c": 15, "d": 5}),
        categorical("rare levels merged with unseen", {"a": 500, "b": 300, "c": 6, "d": 4}, {"a": 40, "b": 35, "c": 3, "e": 2}),
        categorical("all current values unseen", {"a": 1000}, {"b": 12}),
        categorical("one level on both sides", {"a": 70}, {"a": 30}),
        categorical("one level lost", {"a": 50, "b": 50}, {"a": 40}),
        categorical("equal shares", {"a": 100, "b": 200, "c": 300}, {"a": 10, "b": 20, "c": 30}),
        categorical(
            "forty levels",
            {f"level {i}": int(n) for i, n in enumerate(random.multinomial(4000, np.full(40, 1 / 40)))},
            {f"level {i}": int(n) for i, n in enumerate(random.multinomial(1000, np.full(40, 1 / 40)))},
        ),
    ],
    "chiSquaredSurvival": [
        {"statistic": float(x), "degreesOfFreedom": k, "probability": float(stats.chi2.sf(x, k))}
        for k in (1, 2, 3, 5, 10, 29, 100, 999)
        for x in np.array([0.001, 0.1, 0.5, 0.9, 1, 1.1, 1.5, 2, 3, 5]) * k
    ],
    "kolmogorovSurvival": [
        {"n": n, "distance": float(z / np.sqrt(n)), "probability": float(stats.kstwo.sf(z / np.sqrt(n), n))}
        for n in (1, 2, 3, 5, 8, 13, 24, 60, 139, 140, 141, 200, 500, 2000, 20000, 100000, 100001, 1000000)
        for z in (0.05, 0.3, 0.45, 0.6, 0.8, 1, 1.2, 1.358, 1.48, 1.49, 1.7, 1.99, 2.01, 2.5, 3.5, 5)
        if z / np.sqrt(n) <= 1
    ],
}

(here / "statistics.json").write_text(json.dumps(statistics, indent=1) + "\n")
