"""KS, Wasserstein, PSI and Jensen-Shannon of every column, in numpy: what a careful person writes without a package.

    python numpy_four.py <reference.parquet> <current.parquet> <processes>

One column after another, in as many processes as are asked for. Bins and smoothing as `tidewatch compare` has them, so that the
numbers can be held against each other: a line of JSON, column -> [ks, wasserstein, psi, jensenShannon].
"""

import json
import sys
from multiprocessing import Pool

import numpy as np
import pyarrow.parquet as parquet


def read(path, column):
    values = parquet.read_table(path, columns=[column])[column].to_numpy().astype(float)
    return np.sort(values[np.isfinite(values)])


def psi(reference, current):
    used = reference + current > 0
    p = (reference[used] + 0.5) / (reference.sum() + used.sum() / 2)
    q = (current[used] + 0.5) / (current.sum() + used.sum() / 2)
    return 0.0 if used.sum() == 1 else float(np.sum((p - q) * np.log(p / q)))


def jensen_shannon(reference, current):
    p, q = reference / reference.sum(), current / current.sum()
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = np.nansum(p * np.log2(p / middle)) + np.nansum(q * np.log2(q / middle))
    return float(np.sqrt(max(divergence, 0.0) / 2))


def compare(task):
    column, reference_path, current_path = task
    reference, current = read(reference_path, column), read(current_path, column)
    together = np.sort(np.concatenate([reference, current]), kind="mergesort")
    below = np.searchsorted(reference, together, side="right") / len(reference)
    difference = below - np.searchsorted(current, together, side="right") / len(current)
    ks = float(np.abs(difference).max())
    wasserstein = float(np.sum(np.abs(difference[:-1]) * np.diff(together)))

    edges = np.unique(np.quantile(reference, np.arange(1, 10) / 10))
    edges = edges[edges > reference[0]]
    bins = [
        np.bincount(np.searchsorted(edges, side, side="right"), minlength=len(edges) + 1)
        for side in (reference, current)
    ]
    return column, [ks, wasserstein, psi(*bins), jensen_shannon(*bins)]


if __name__ == "__main__":
    reference_path, current_path, processes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    columns = parquet.read_schema(reference_path).names
    tasks = [(column, reference_path, current_path) for column in columns]
    if processes == 1:
        found = dict(map(compare, tasks))
    else:
        with Pool(processes) as pool:
            found = dict(pool.map(compare, tasks, chunksize=1))
    print(json.dumps(found))
