"""Univariate drift by NannyML 0.13 with Kolmogorov-Smirnov; of more than 10,000 rows it estimates it from bins.

    python nannyml_ks.py <reference.parquet> <current.parquet>
"""

import sys

import nannyml
import pandas as pd

reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
calculator = nannyml.UnivariateDriftCalculator(
    column_names=list(reference.columns),
    continuous_methods=["kolmogorov_smirnov"],
    chunk_size=len(current),
)
calculator.fit(reference)
sys.stdout.write(calculator.calculate(current).filter(period="analysis").to_df().to_json())
