"""Performance of chunks estimated by NannyML 0.13 with its defaults: DLE for a regression, CBPE for a classification.

    python nannyml_estimates.py <rows.csv> <case.json>

The rows have the features, `prediction`, `actual`, `probability` (of `positive`), and for each length of chunks a column with
the chunk's number; a row of the reference has -1. Prints for each length and chunk the estimate of each metric.
"""

import json
import os
import sys
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import nannyml
import pandas as pd

case = json.load(open(sys.argv[2]))
rows = pd.read_csv(sys.argv[1], dtype={name: "category" for name in case["categorical"]})

if case["task"] == "regression":
    metrics = ["mae", "rmse"]
    estimator = nannyml.DLE(
        feature_column_names=case["features"], y_pred="prediction", y_true="actual", metrics=metrics, chunk_number=1,
    )
else:
    metrics = ["accuracy", "f1", "roc_auc"]
    for column in ("prediction", "actual"):
        rows[column] = (rows[column] == case["positive"]).astype(int)
    estimator = nannyml.CBPE(
        problem_type="classification_binary", y_pred_proba="probability", y_pred="prediction", y_true="actual",
        metrics=metrics, chunk_number=1,
    )

lengths = case["lengths"]
is_reference = rows[lengths[0]] == -1
estimator.fit(rows[is_reference].reset_index(drop=True))
found = {}
for length in lengths:
    found[length] = {}
    for chunk, part in rows[~is_reference].groupby(length):
        result = estimator.estimate(part.reset_index(drop=True)).filter(period="analysis").to_df()
        found[length][str(int(chunk))] = {name: float(result[(name, "value")].iloc[0]) for name in metrics}
sys.stdout.write("\n" + json.dumps(found) + "\n")
