#!/bin/sh
# Installs an MLflow server from PyPI into .tidewatch/mlflow (0.8 GB), for test/activities/retraining/mlflow.test.ts.
set -eu
directory="$(dirname "$0")/../../.tidewatch/mlflow"
python3 -m venv "$directory"
"$directory/bin/pip" install -q mlflow==2.22.2 'sqlalchemy<2.1'
"$directory/bin/mlflow" --version
