#!/bin/sh
# Makes a Python environment with Evidently and NannyML, pinned, for the benchmarks beside them.
#
#     sh bench/make-peers-venv.sh <directory>
set -eu
here=$(dirname "$0")
python3 -m venv "$1"
"$1/bin/pip" install --quiet --requirement "$here/requirements-evidently.txt" --requirement "$here/requirements-nannyml.txt"
