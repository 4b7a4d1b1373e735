"""Writes boosting.json: how far off scikit-learn's histogram boosting is on real rows that core/boosting is tested on.

Requirements: see requirements.txt beside it (Python 3.11). The rows are those of demo/data in the order of their files;
every third one is held out.

    python3 -m venv /tmp/venv-oracles
    /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/boosting.py
"""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error

DATA = Path(__file__).parents[2] / "demo" / "data"


def read(path, numbers, levels):
    """Columns as floats, missing ones NaN; levels as their rank among the sorted ones."""
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else open(path)
    with opened as file:
        rows = list(csv.DictReader(file))
    columns = [np.array([float(row[name] or "nan") for row in rows]) for name in numbers]
    for name in levels:
        columns.append(np.unique([row[name] for row in rows], return_inverse=True)[1].astype(float))
    return rows, np.column_stack(columns), list(range(len(numbers), len(columns)))


def settings(rounds, depth, leaf, bins, categorical):
    return {
        "max_iter": rounds, "learning_rate": 0.1, "max_depth": depth, "max_leaf_nodes": None, "min_samples_leaf": leaf,
        "l2_regularization": 1, "max_bins": bins - 1, "early_stopping": False, "categorical_features": categorical,
        "random_state": 0,
    }


def bikes():
    numbers = ["hr", "weekday", "workingday", "holiday", "temp", "atemp", "hum", "windspeed"]
    rows, features, categorical = read(DATA / "bikeshare_2011.csv", numbers, ["weathersit", "mnth"])
    target = np.array([float(row["bikers"]) for row in rows])
    held = np.arange(len(rows)) % 3 == 0
    cases = []
    for rounds, depth, leaf, bins in [(100, 3, 20, 64), (100, 3, 20, 256), (200, 5, 10, 256), (100, 1, 20, 64)]:
        model = HistGradientBoostingRegressor(**settings(rounds, depth, leaf, bins, categorical))
        model.fit(features[~held], target[~held])
        cases.append(
            {
                "data": "bikes", "rounds": rounds, "depth": depth, "minimumLeafRows": leaf, "bins": bins,
                "rmse": root_mean_squared_error(target[held], model.predict(features[held])),
            }
        )
    return cases


def flights():
    numbers = ["distance", "hour", "weekday", "month", "temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]
    rows, features, categorical = read(DATA / "flights_nyc13_sample.csv.gz", numbers, ["carrier", "origin", "dest"])
    target = np.array([int(row["arr_delay_gt15"]) for row in rows])
    held = np.arange(len(rows)) % 3 == 0
    cases = []
    for rounds, depth, leaf, bins in [(60, 3, 20, 256), (100, 5, 50, 256)]:
        model = HistGradientBoostingClassifier(**settings(rounds, depth, leaf, bins, categorical))
        model.fit(features[~held], target[~held])
        probability = model.predict_proba(features[held])[:, 1]
        cases.append(
            {
                "data": "flights", "rounds": rounds, "depth": depth, "minimumLeafRows": leaf, "bins": bins,
                "logLoss": log_loss(target[held], probability), "rocAuc": float(roc_auc_score(target[held], probability)),
            }
        )
    return cases


path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"cases": [*bikes(), *flights()]}, indent=1) + "\n")
