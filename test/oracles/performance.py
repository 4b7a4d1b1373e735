"""Writes performance.json: what scikit-learn gives for data that core/performance is tested on.

Requirements: numpy==2.4.6 scikit-learn==1.9.1 (Python 3.11)

    python3 -m venv /tmp/venv-perf
    /tmp/venv-perf/bin/pip install numpy==2.4.6 scikit-learn==1.9.1
    /tmp/venv-perf/bin/python test/oracles/performance.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn import metrics

random = np.random.default_rng(20110313)


def regression(name, actuals, predictions, peak):
    actuals, predictions, peak = (np.asarray(column) for column in (actuals, predictions, peak))

    def mape(rows):
        return metrics.mean_absolute_percentage_error(actuals[rows], predictions[rows])

    return {
        "name": name,
        "actuals": actuals.tolist(),
        "predictions": predictions.tolist(),
        "peak": peak.astype(int).tolist(),
        "zeroActuals": int((actuals == 0).sum()),
        "expected": {
            "rmse": metrics.root_mean_squared_error(actuals, predictions),
            "mae": metrics.mean_absolute_error(actuals, predictions),
            "mape": mape(actuals != 0),
            "r2": metrics.r2_score(actuals, predictions),
            "bias": float(np.mean(predictions - actuals)),
            "peak_hour_mape": mape((actuals != 0) & (peak == 1)),
        },
    }


def regressions():
    n = 200
    peak = np.arange(n) % 24 // 3 == 2
    noise = random.normal(size=n)
    demand = random.poisson(3, size=n).astype(float)
    signed = random.normal(0, 50, size=n)
    few = random.uniform(10, 20, size=10)
    return [
        regression("an offset of 1e9", 1e9 + noise, 1e9 + noise + random.normal(0.1, 0.5, size=n), peak),
        regression("negative actuals", signed, signed * 0.9 + random.normal(size=n), peak),
        regression("actuals of zero", demand, demand + random.normal(0.5, 1, size=n), peak),
        regression("worse than the mean", signed, -signed, peak),
        regression("ten outcomes", few, few + random.normal(size=10), np.arange(10) == 4),
    ]


def roc_auc(classes, positive, actual, probabilities):
    """Weighted one-vs-rest over the classes that are present: roc_auc_score itself refuses an absent class."""
    if len(classes) == 2:
        return metrics.roc_auc_score(actual == positive, probabilities[:, classes.index(positive)])
    if set(classes) == set(actual):
        return metrics.roc_auc_score(actual, probabilities, multi_class="ovr", average="weighted", labels=classes)
    present = [label for label in classes if label in actual]
    scores = [metrics.roc_auc_score(actual == label, probabilities[:, classes.index(label)]) for label in present]
    return np.average(scores, weights=[(actual == label).sum() for label in present])


def classification(name, classes, actual, predicted, probabilities, positive=None):
    actual, predicted = np.asarray(actual), np.asarray(predicted)

    def scores(**options):
        return metrics.precision_recall_fscore_support(actual, predicted, zero_division=0, **options)

    precision, recall, f1, _ = scores(average="weighted")
    by_class = zip(classes, *scores(labels=classes))
    confusion = metrics.confusion_matrix(actual, predicted, labels=classes)
    chosen = probabilities[np.arange(len(actual)), [classes.index(label) for label in predicted]]
    return {
        "name": name,
        "classes": classes,
        "positiveClass": positive,
        "actual": actual.tolist(),
        "predicted": predicted.tolist(),
        "probabilities": probabilities.tolist(),
        "expected": {
            "accuracy": metrics.accuracy_score(actual, predicted),
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "roc_auc": roc_auc(classes, positive, actual, probabilities),
            "log_loss": metrics.log_loss(actual, y_proba=probabilities, labels=classes),
            "confidence": float(chosen.mean()),
        },
        "byClass": {
            label: {"precision": p, "recall": r, "f1": f, "support": int(s)} for label, p, r, f, s in by_class
        },
        "confusion": {
            a: {p: int(count) for p, count in zip(classes, row) if count > 0}
            for a, row in zip(classes, confusion)
            if row.sum() > 0
        },
    }


def binary(name, scores, positive="yes"):
    scores = np.asarray(scores)
    actual = np.where(random.uniform(size=len(scores)) < 0.2 + 0.6 * scores, "yes", "no")
    predicted = np.where(scores >= 0.5, "yes", "no")
    return classification(name, ["no", "yes"], actual, predicted, np.column_stack([1 - scores, scores]), positive)


def multiclass(name, classes, n, never_predicted=(), never_present=()):
    logits = random.normal(size=(n, len(classes)))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    signal = logits + random.normal(size=logits.shape)
    signal[:, [classes.index(label) for label in never_present]] = -np.inf
    ranked = probabilities.copy()
    ranked[:, [classes.index(label) for label in never_predicted]] = -1
    names = np.asarray(classes)
    return classification(name, classes, names[signal.argmax(1)], names[ranked.argmax(1)], probabilities)


def classifications():
    return [
        binary("binary with heavy ties", random.integers(0, 5, size=150) / 4 * 0.8 + 0.1),
        binary("binary with the first class positive", random.uniform(size=100), positive="no"),
        binary("binary with probabilities of 0 and 1", random.integers(0, 2, size=60).astype(float)),
        binary("binary with one score for all", np.full(40, 0.25)),
        binary("ten outcomes", random.uniform(size=10)),
        multiclass("four classes", ["a", "b", "c", "d"], 150),
        multiclass("a class that is never predicted", ["a", "b", "c"], 80, never_predicted=["b"]),
        multiclass("a class that is never present", ["a", "b", "c"], 80, never_present=["c"]),
        multiclass("a class that never occurs", ["a", "b", "c"], 80, never_predicted=["a"], never_present=["a"]),
    ]


if __name__ == "__main__":
    oracle = {"regressions": regressions(), "classifications": classifications()}
    Path(__file__).with_suffix(".json").write_text(json.dumps(oracle) + "\n")
