"""Trends and daily means with their 95% intervals, by scipy. Writes degradation.json beside this file.

    python3 -m venv /tmp/venv-oracles && /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/degradation.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(20110512)


def series(days, level, slope, noise, missing=0.0):
    """One number a day; None for a day without."""
    values = level + slope * np.arange(days) + noise * rng.standard_normal(days)
    return [None if rng.random() < missing else float(round(value, 6)) for value in values]


def case(values):
    days = np.array([day for day, value in enumerate(values) if value is not None])
    numbers = np.array([value for value in values if value is not None])
    line = stats.linregress(days, numbers)
    reach = stats.t.ppf(0.975, len(numbers) - 2) * line.stderr
    surer = stats.t.ppf(0.995, len(numbers) - 2) * line.stderr
    mean = float(numbers.mean())
    low, high = stats.t.interval(0.95, len(numbers) - 1, loc=mean, scale=stats.sem(numbers))
    return {
        "values": values,
        "slope": float(line.slope),
        "slopeInterval": [float(line.slope - reach), float(line.slope + reach)],
        "slopeInterval99": [float(line.slope - surer), float(line.slope + surer)],
        "mean": mean,
        "meanInterval": [float(low), float(high)],
    }


cases = [
    case([50.0, 52.0, 54.0, 56.0, 58.0, 60.0, 62.5]),
    case([50.0, 60.0, 50.0, 60.0, 50.0, 60.0, 55.0]),
    case(series(4, 1.0, 0.1, 0.02)),
    case(series(14, 80.0, 1.5, 4.0)),
    case(series(14, 80.0, 0.0, 4.0, missing=0.3)),
    case(series(28, 0.3, -0.004, 0.02, missing=0.2)),
    case(series(90, 1e6, 1e3, 1e4)),
]

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"madeBy": f"scipy {scipy.__version__}", "cases": cases}, indent=1) + "\n")
