"""Writes nannyml-drift.json: what NannyML says by default of the demo's hourly bikes, which bench/false-alarms is tested on.

Requirements (Python 3.11) in bench/requirements-nannyml.txt.

    python3 -m venv /tmp/venv-nannyml
    /tmp/venv-nannyml/bin/pip install -r bench/requirements-nannyml.txt
    /tmp/venv-nannyml/bin/python -P test/oracles/nannyml-drift.py

The first 26 chunks are the reference, the others are analysed; every chunk has 168 rows.
"""

import json
from pathlib import Path

import nannyml
import pandas as pd

here = Path(__file__).parent
REFERENCE, CHUNK = 26 * 168, 168
CONTINUOUS, CATEGORICAL = ["temp", "hum", "windspeed", "bikers"], ["weathersit", "hr"]

bikes = pd.read_csv(here.parent.parent / "demo" / "data" / "bikeshare_2011.csv")
columns = {name: bikes[name].astype(float) for name in CONTINUOUS}
columns |= {name: pd.factorize(bikes[name], sort=True)[0].astype(str) for name in CATEGORICAL}
frame = pd.DataFrame(columns)
frame = frame.iloc[: REFERENCE + (len(frame) - REFERENCE) // CHUNK * CHUNK]
calculator = nannyml.UnivariateDriftCalculator(
    column_names=list(frame.columns), treat_as_categorical=CATEGORICAL, chunk_size=CHUNK
)
calculator.fit(frame.iloc[:REFERENCE])
found = calculator.calculate(frame.iloc[REFERENCE:]).filter(period="analysis").to_df()
oracle = [
    {
        "column": name,
        "kind": "categorical" if name in CATEGORICAL else "continuous",
        "values": found[(name, "jensen_shannon", "value")].tolist(),
        "upper": found[(name, "jensen_shannon", "upper_threshold")].iloc[0],
        "alerts": found[(name, "jensen_shannon", "alert")].astype(bool).tolist(),
    }
    for name in frame.columns
]
text = {"reference": REFERENCE, "chunk": CHUNK, "columns": oracle}
(here / "nannyml-drift.json").write_text(json.dumps(text, indent=1) + "\n")
