"""The data drift report of Evidently 0.7 as it is by default, saved as JSON.

    python evidently_default.py <reference.parquet> <current.parquet>
"""

import sys

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
snapshot = Report([DataDriftPreset()]).run(current, reference)
sys.stdout.write(snapshot.json())
