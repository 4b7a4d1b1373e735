"""Writes multivariate.json: what scikit-learn and scipy give for samples that core/multivariate and core/importance are tested on.

Requirements: see requirements.txt beside it (Python 3.11). The samples are not stored: test/core/multivariate/samples.ts makes
the same ones by the same formula.

    python3 -m venv /tmp/venv-oracles
    /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/multivariate.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

CONTINUOUS = 6


def uniforms(seed):
    """mulberry32."""
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = state
        t = ((t ^ (t >> 15)) * (t | 1)) & 0xFFFFFFFF
        t ^= (t + ((t ^ (t >> 7)) * (t | 61) & 0xFFFFFFFF)) & 0xFFFFFFFF
        yield (t ^ (t >> 14)) / 4294967296


def sample(seed, rows, change):
    """Rows of six numbers (the last one missing in a tenth) and two categories, of 4 and 40 levels."""
    uniform = uniforms(seed)
    result = []
    for _ in range(rows):
        x = [sum(next(uniform) for _ in range(12)) - 6 for _ in range(CONTINUOUS)]
        x[1] = 0.6 * x[0] + 0.8 * x[1]
        if change == "shift":
            x[0] += 0.7
        if change == "correlation":
            x[3] = 0.8 * x[2] + 0.6 * x[3]
        if next(uniform) < (0.3 if change == "missing" else 0.1):
            x[5] = np.nan
        few = int(next(uniform) ** (2 if change == "categories" else 1) * 4)
        many = int(next(uniform) ** 2 * 40)
        result.append([*x, few, many])
    return np.array(result)


def out_of_fold_auc(reference, current, folds=5, gap=0.5):
    """Contiguous folds of both sides with a gap to the training rows; AUCs of the folds weighted by their pairs."""
    features = np.vstack([reference, current])
    side = np.repeat([0, 1], [len(reference), len(current)])
    position = np.concatenate([np.arange(len(s)) * folds / len(s) for s in (reference, current)])
    aucs, pairs = [], []
    for fold in range(folds):
        held = (position >= fold) & (position < fold + 1)
        training = (position < fold - gap) | (position >= fold + 1 + gap)
        model = HistGradientBoostingClassifier(
            max_iter=60, learning_rate=0.1, max_depth=3, min_samples_leaf=20, l2_regularization=1, max_bins=63,
            early_stopping=False, categorical_features=[CONTINUOUS, CONTINUOUS + 1], random_state=0,
        )
        model.fit(features[training], side[training])
        aucs.append(roc_auc_score(side[held], model.decision_function(features[held])))
        pairs.append(np.sum(side[held] == 0) * np.sum(side[held] == 1))
    return float(np.average(aucs, weights=pairs))


def reconstruction(reference, current, share=0.65):
    """As NannyML: impute the mean, standardise, keep components for the share; plus an indicator of what is missing."""

    def encoded(rows):
        means = np.nanmean(reference[:, :CONTINUOUS], axis=0)
        numbers = np.where(np.isnan(rows[:, :CONTINUOUS]), means, rows[:, :CONTINUOUS])
        columns = [*numbers.T, np.isnan(rows[:, CONTINUOUS - 1]).astype(float)]
        for column in (CONTINUOUS, CONTINUOUS + 1):
            levels, counts = np.unique(reference[:, column], return_counts=True)
            shares = dict(zip(levels, counts / len(reference)))
            columns.append(np.array([shares.get(level, 0) for level in rows[:, column]]))
        return np.column_stack(columns)

    scaler = StandardScaler().fit(encoded(reference))
    pca = PCA(n_components=share, svd_solver="full").fit(scaler.transform(encoded(reference)))

    def mean_error(rows):
        standard = scaler.transform(encoded(rows))
        return float(np.mean(np.linalg.norm(standard - pca.inverse_transform(pca.transform(standard)), axis=1)))

    return {
        "components": int(pca.n_components_),
        "explained": float(np.sum(pca.explained_variance_ratio_)),
        "referenceError": mean_error(reference),
        "currentError": mean_error(current),
    }


def spearman(rows, a, b):
    complete = rows[~np.isnan(rows[:, [a, b]]).any(axis=1)]
    return float(stats.spearmanr(complete[:, a], complete[:, b]).statistic)


cases = []
for seed, (change, sizes) in enumerate(
    [
        ("none", (2000, 2000)),
        ("none", (744, 168)),
        ("shift", (2000, 2000)),
        ("shift", (744, 168)),
        ("correlation", (2000, 2000)),
        ("correlation", (744, 400)),
        ("categories", (2000, 1000)),
        ("missing", (1500, 1500)),
    ]
):
    reference = sample(2 * seed + 1, sizes[0], "none")
    current = sample(2 * seed + 2, sizes[1], change)
    cases.append(
        {
            "change": change,
            "seeds": [2 * seed + 1, 2 * seed + 2],
            "rows": sizes,
            "auc": out_of_fold_auc(reference, current),
            "reconstruction": reconstruction(reference, current),
            "spearman": {"x0 x1": spearman(current, 0, 1), "x2 x3": spearman(current, 2, 3)},
        }
    )

series = sample(99, 12, "none")
driftAndError = []
for columns in ((0, 1), (2, 3), (6, 0)):
    found = stats.spearmanr(series[:, columns[0]], series[:, columns[1]])
    driftAndError.append(
        {
            "drift": series[:, columns[0]].tolist(),
            "error": series[:, columns[1]].tolist(),
            "correlation": float(found.statistic),
            "pValue": float(found.pvalue),
        }
    )

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"samples": cases, "driftAndError": driftAndError}, indent=1) + "\n")
