"""Writes evidently-drift.json: what Evidently says by default of data that `tidewatch compare --compat evidently` is tested on.

Requirements (Python 3.11) in requirements-evidently.txt beside it.

    python3 -m venv /tmp/venv-evidently
    /tmp/venv-evidently/bin/pip install -r test/oracles/requirements-evidently.txt
    /tmp/venv-evidently/bin/python -P test/oracles/evidently-drift.py

(-P, because this directory has a statistics.py, too.)

The rows are not stored: the test makes them by the same formula, from a linear congruential generator.
"""

import json
from pathlib import Path

import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset


class Random:
    """Uniform in [0, 1), with the multiplier and increment of Numerical Recipes."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state / 2**32

    def bell(self):
        """Close to normal, and without a function that two languages may round differently."""
        total = 0.0
        for _ in range(12):
            total += self.uniform()
        return total - 6


def rows(seed, count, shift):
    """`shift` moves some columns; the others differ by chance alone."""
    random = Random(seed)
    table = []
    for i in range(count):
        uniform = random.uniform()
        bell = random.bell()
        table.append(
            {
                "same": bell,
                "moved": random.bell() + shift,
                "far": 1e6 + random.bell() * (1 + shift),
                "wide_whole": int(random.uniform() * 1000 + shift * 40),
                "few_whole": int(random.uniform() * (4 + shift)),
                "few_floats": int(random.uniform() * 4) / 2,
                "two_floats": 1.0 if random.uniform() < 0.3 + shift / 10 else 0.0,
                "gaps_whole": None if random.uniform() < 0.1 else int(random.uniform() * 8),
                "gaps": None if random.uniform() < 0.2 else random.bell() * 3 + shift,
                "constant": 7.5,
                "weather": ["clear", "rain", "snow", "fog"][int(random.uniform() * (3 + shift))],
                "holiday": ["no", "yes"][int(random.uniform() + 0.2 + shift / 10)],
                "station": "s" + str(int(random.uniform() ** 2 * 40)),
                "open": random.uniform() < 0.6,
                "note": "note " + str(i) + " " + str(uniform),
            }
        )
    return pd.DataFrame(table)


def answers(reference, current):
    free_text = Dataset.from_pandas(current).data_definition.text_columns
    # Free text is compared by a model of its own, and would count in the share.
    compared = [column for column in current.columns if column not in free_text]
    snapshot = Report([DataDriftPreset(columns=compared)]).run(current, reference).dict()
    columns = {}
    for metric in snapshot["metrics"]:
        config = metric["config"]
        if "column" not in config:
            dataset = metric["value"]
            continue
        score, method, threshold = metric["value"], config["method"], config["threshold"]
        columns[config["column"]] = {"method": method, "score": float(score), "threshold": threshold}
    return {"columns": columns, "drifted": dataset["count"], "share": dataset["share"], "freeText": free_text}


cases = [
    {"name": "small", "reference": 700, "current": 300, "shift": 0.0},
    {"name": "small and moved", "reference": 1000, "current": 400, "shift": 0.5},
    {"name": "large", "reference": 1500, "current": 800, "shift": 0.0},
    {"name": "large and moved", "reference": 1001, "current": 2000, "shift": 0.5},
]
for case in cases:
    case.update(answers(rows(1, case["reference"], 0.0), rows(2, case["current"], case["shift"])))

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(cases, indent=1) + "\n")
