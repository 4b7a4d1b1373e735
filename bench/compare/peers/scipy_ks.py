"""The two-sample Kolmogorov-Smirnov test of every column by scipy.

    python scipy_ks.py <reference.parquet> <current.parquet>
"""

import json
import sys

import pandas as pd
from scipy.stats import ks_2samp

reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
found = {
    column: [float(ks_2samp(reference[column].dropna(), current[column].dropna(), method="asymp").statistic)]
    for column in reference.columns
}
print(json.dumps(found))
