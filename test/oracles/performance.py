"""Writes performance.json: what scikit-learn gives for data that core/performance is tested on.

    python3 -m venv /tmp/venv-perf
    /tmp/venv-perf/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-perf/bin/python test/oracles/performance.py

Python 3.11. None is expected where a metric is not computable. What scikit-learn does not have is written out: wMAPE, sMAPE, bias,
the coverage of intervals, the calibration error, and means over classes in data in which a class is absent.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

# Of classes that are never predicted, and of probabilities that do not add up to 1.
warnings.simplefilter("ignore")
random = np.random.default_rng(20110313)


def regression(name, actuals, predictions, peak=None, interval=None):
    """`interval`: lower and upper bounds, and their levels; NaN where a row has none."""
    n = len(actuals)
    peak = np.zeros(n, dtype=bool) if peak is None else np.asarray(peak)
    actuals, predictions = np.asarray(actuals, dtype=float), np.asarray(predictions, dtype=float)
    errors = np.abs(predictions - actuals)
    sizes = (np.abs(actuals) + np.abs(predictions)) / 2

    def mape(rows):
        """scikit-learn's own number, but for actuals nearer to 0 than 2.2e-16: by these it does not divide."""
        if not rows.any():
            return None
        if np.abs(actuals[rows]).min() < np.finfo(float).eps:
            return np.mean(errors[rows] / np.abs(actuals[rows]))
        return metrics.mean_absolute_percentage_error(actuals[rows], predictions[rows])

    expected = {
        "rmse": metrics.root_mean_squared_error(actuals, predictions),
        "mae": metrics.mean_absolute_error(actuals, predictions),
        "median_ae": metrics.median_absolute_error(actuals, predictions),
        "mape": mape(actuals != 0),
        "wmape": errors.sum() / np.abs(actuals).sum() if actuals.any() else None,
        "smape": np.mean(np.divide(errors, sizes, out=np.zeros(n), where=sizes > 0)),
        "r2": metrics.r2_score(actuals, predictions) if np.ptp(actuals) > 0 else None,
        "bias": np.mean(predictions - actuals),
        "peak_hour_mape": mape((actuals != 0) & peak),
        "pinball_loss": None,
        "interval_coverage": None,
    }
    low, high, levels = (None, None, [0.05, 0.95]) if interval is None else interval
    if interval is not None:
        rows = np.isfinite(low) & np.isfinite(high)
        losses = [
            metrics.mean_pinball_loss(actuals[rows], bound[rows], alpha=level)
            for bound, level in zip((low, high), levels)
        ]
        expected["pinball_loss"] = np.mean(losses)
        expected["interval_coverage"] = np.mean((low[rows] <= actuals[rows]) & (actuals[rows] <= high[rows]))
    return {
        "name": name,
        "actuals": actuals.tolist(),
        "predictions": predictions.tolist(),
        "peak": peak.astype(int).tolist(),
        "intervalLow": None if low is None else [None if np.isnan(bound) else bound for bound in low.tolist()],
        "intervalHigh": None if high is None else [None if np.isnan(bound) else bound for bound in high.tolist()],
        "intervalLevels": levels,
        "zeroActuals": int((actuals == 0).sum()),
        "expected": {metric: None if value is None else float(value) for metric, value in expected.items()},
    }


def regressions():
    n = 200
    peak = np.arange(n) % 24 // 3 == 2
    noise = random.normal(size=n)
    demand = random.poisson(3, size=n).astype(float)
    signed = random.normal(0, 50, size=n)
    few = random.uniform(10, 20, size=10)
    low, high = signed - 40 * random.uniform(size=n), signed + 30 * random.uniform(size=n) - 5
    some = np.where(np.arange(n) % 3 == 0, np.nan, low)
    return [
        regression("an offset of 1e9", 1e9 + noise, 1e9 + noise + random.normal(0.1, 0.5, size=n), peak),
        regression("negative actuals", signed, signed * 0.9 + random.normal(size=n), peak),
        regression("actuals of zero", demand, demand + random.normal(0.5, 1, size=n), peak),
        regression("zeros on both sides", demand, np.round(demand * random.uniform(0, 2, size=n)), peak),
        regression("all actuals zero", np.zeros(30), noise[:30]),
        regression("worse than the mean", signed, -signed, peak),
        regression("constant actuals", np.full(30, 0.1), noise[:30]),
        regression("huge actuals", signed * 1e140, signed * 1.1e140, peak),
        regression("tiny actuals", signed * 1e-140, signed * 1.1e-140, peak),
        regression("huge and small actuals", 10 ** random.uniform(-8, 8, n), 10 ** random.uniform(-8, 8, n), peak),
        regression("tied errors", demand, demand + random.integers(-2, 3, n), peak),
        regression("an odd number of rows", few[:9], few[1:]),
        regression("ten outcomes", few, few + random.normal(size=10), np.arange(10) == 4),
        regression("intervals of 90%", signed, signed * 0.9, peak, (low, high, [0.05, 0.95])),
        regression("intervals of some rows, other levels", signed, signed * 0.9, peak, (some, high, [0.2, 0.6])),
        regression("bounds that have changed places", signed, signed, peak, (high, low, [0.1, 0.9])),
        regression("bounds at the actual", demand, demand, peak, (demand, demand, [0.1, 0.9])),
    ]


def of_each_class(score, classes, positive, actual, probabilities, needs_others):
    """With two classes of the positive one, else weighted by support over the classes for which there is one."""
    sums, weights = 0.0, 0
    for label in [positive or classes[-1]] if len(classes) == 2 else classes:
        own = actual == label
        if own.any() and not (needs_others and own.all()):
            sums += score(own, probabilities[:, classes.index(label)]) * own.sum()
            weights += own.sum()
    return None if weights == 0 else sums / weights


def calibration(classes, positive, actual, predicted, probabilities):
    """Points (mean probability, share of hits, rows) of ten bins."""
    if len(classes) == 2:
        column = classes.index(positive or classes[-1])
        scores, hits = probabilities[:, column], actual == classes[column]
    else:
        seen = np.isin(predicted, classes)
        columns = [classes.index(label) for label in predicted[seen]]
        scores, hits = probabilities[seen, columns], (predicted == actual)[seen]
    share, probability = calibration_curve(hits, scores, n_bins=10, strategy="uniform", pos_label=True)
    rows = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], scores), minlength=10)
    return list(zip(probability.tolist(), share.tolist(), rows[rows > 0].tolist()))


def thresholds(classes, positive, actual, probabilities):
    """Of the positive class, or of the last one: (threshold, precision, recall, F1, share taken for it)."""
    label = positive or classes[-1]
    own, scores = actual == label, probabilities[:, classes.index(label)]
    points = []
    for step in range(65) if own.any() else []:
        taken = scores >= step / 64
        scored = metrics.precision_recall_fscore_support(own, taken, average="binary", zero_division=np.nan)
        precision, recall, f1 = (None if np.isnan(score) else float(score) for score in scored[:3])
        points.append([step / 64, precision, recall, f1 if taken.any() else 0.0, float(taken.mean())])
    return points


def scores_of_probabilities(classes, positive, actual, predicted, probabilities):
    seen = np.isin(predicted, classes)
    chosen = probabilities[seen, [classes.index(label) for label in predicted[seen]]]
    column = classes.index(positive or classes[-1])
    brier = (
        metrics.brier_score_loss(actual == classes[column], probabilities[:, column], pos_label=True)
        if len(classes) == 2
        else np.mean(((probabilities - (actual[:, None] == np.asarray(classes))) ** 2).sum(axis=1))
    )
    adds_up = np.allclose(probabilities.sum(axis=1), 1)
    if len(classes) > 2 and adds_up:
        assert np.isclose(brier, metrics.brier_score_loss(actual, probabilities, labels=classes, scale_by_half=False))
    auc = of_each_class(metrics.roc_auc_score, classes, positive, actual, probabilities, True)
    if len(classes) > 2 and set(classes) == set(actual) and adds_up:
        assert np.isclose(auc, metrics.roc_auc_score(actual, probabilities, multi_class="ovr", average="weighted"))
    points = calibration(classes, positive, actual, predicted, probabilities)
    clipped = np.clip(probabilities[np.arange(len(actual)), [classes.index(a) for a in actual]], 2**-52, 1 - 2**-52)
    log_loss = float(-np.log(clipped).mean())
    if adds_up:
        assert np.isclose(log_loss, metrics.log_loss(actual, probabilities, labels=classes), rtol=1e-12)
    return {
        "roc_auc": auc,
        "pr_auc": of_each_class(metrics.average_precision_score, classes, positive, actual, probabilities, False),
        "log_loss": log_loss,
        "brier": float(brier),
        "expected_calibration_error": sum(n * abs(s - p) for p, s, n in points) / sum(n for _, _, n in points),
        "confidence": float(chosen.mean()),
    }


def classification(name, classes, actual, predicted, probabilities, positive=None):
    """Probabilities may be None: no row has any. A row with one outside of 0 to 1 is in no metric of probabilities."""
    actual, predicted = np.asarray(actual), np.asarray(predicted)
    labels = list(classes) + sorted((set(actual) | set(predicted)) - set(classes))

    def scores(**options):
        return metrics.precision_recall_fscore_support(actual, predicted, zero_division=0, **options)

    of_probabilities = dict.fromkeys(
        ["roc_auc", "pr_auc", "log_loss", "brier", "expected_calibration_error", "confidence"]
    )
    curves = {"calibration": [], "thresholds": []}
    scored = np.zeros(len(actual), dtype=bool)
    if probabilities is not None:
        inside = ((probabilities >= 0) & (probabilities <= 1)).all(axis=1)
        scored = inside & np.isin(actual, classes)
        rows = actual[scored], predicted[scored], probabilities[scored]
        of_probabilities = scores_of_probabilities(classes, positive, *rows)
        curves = {
            "calibration": calibration(classes, positive, *rows),
            "thresholds": thresholds(classes, positive, rows[0], rows[2]),
        }
    weighted, macro = scores(average="weighted"), scores(average="macro")
    confusion = metrics.confusion_matrix(actual, predicted, labels=labels)
    return {
        "name": name,
        "classes": classes,
        "positiveClass": positive,
        "actual": actual.tolist(),
        "predicted": predicted.tolist(),
        "probabilities": None if probabilities is None else probabilities.tolist(),
        "scoredRows": int(scored.sum()),
        "expected": {
            "accuracy": metrics.accuracy_score(actual, predicted),
            "balanced_accuracy": metrics.balanced_accuracy_score(actual, predicted),
            **dict(zip(["precision", "recall", "f1"], weighted)),
            **dict(zip(["precision_macro", "recall_macro", "f1_macro"], macro)),
            **of_probabilities,
        },
        "byClass": {
            label: {"precision": p, "recall": r, "f1": f, "support": int(s), "predicted": int((predicted == label).sum())}
            for label, p, r, f, s in zip(labels, *scores(labels=labels))
        },
        "confusion": {
            a: {p: int(count) for p, count in zip(labels, row) if count > 0}
            for a, row in zip(labels, confusion)
            if row.sum() > 0
        },
        **curves,
    }


def binary(name, scores, positive="yes", share=lambda scores: 0.2 + 0.6 * scores):
    scores = np.asarray(scores)
    actual = np.where(random.uniform(size=len(scores)) < share(scores), "yes", "no")
    predicted = np.where(scores >= 0.5, "yes", "no")
    return classification(name, ["no", "yes"], actual, predicted, np.column_stack([1 - scores, scores]), positive)


def multiclass(name, classes, n, never_predicted=(), never_present=(), change=lambda *columns: columns):
    logits = random.normal(size=(n, len(classes)))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    signal = logits + random.normal(size=logits.shape)
    signal[:, [classes.index(label) for label in never_present]] = -np.inf
    ranked = probabilities.copy()
    ranked[:, [classes.index(label) for label in never_predicted]] = -1
    names = np.asarray(classes, dtype="<U9")
    return classification(name, classes, *change(names[signal.argmax(1)], names[ranked.argmax(1)], probabilities))


def with_unseen(actual, predicted, probabilities):
    actual[::9] = "elsewhere"
    predicted[::13] = "nowhere"
    return actual, predicted, probabilities


def with_bad_probabilities(actual, predicted, probabilities):
    probabilities[::7, 0] = 1.5
    probabilities[3::11, 1] = -0.2
    return actual, predicted, probabilities


def unnormalised(actual, predicted, probabilities):
    return actual, predicted, probabilities**2


def classifications():
    edges = np.concatenate([np.arange(0, 65) / 64, np.arange(0, 21) / 20])
    return [
        binary("binary", random.uniform(size=150)),
        binary("binary with heavy ties", random.integers(0, 5, size=150) / 4 * 0.8 + 0.1),
        binary("binary with the first class positive", random.uniform(size=100), positive="no"),
        binary("binary with probabilities of 0 and 1", random.integers(0, 2, size=60).astype(float)),
        binary("binary with one score for all", np.full(40, 0.25)),
        binary("binary with scores on the edges of bins and thresholds", edges),
        binary("binary with one class only", random.uniform(size=50), share=np.ones_like),
        binary("binary without the positive class", random.uniform(size=50), share=np.zeros_like),
        binary("imbalanced", random.uniform(size=400) ** 4, share=lambda scores: 0.08 * scores),
        binary("ten outcomes", random.uniform(size=10)),
        multiclass("four classes", ["a", "b", "c", "d"], 150),
        multiclass("a class that is never predicted", ["a", "b", "c"], 80, never_predicted=["b"]),
        multiclass("a class that is never present", ["a", "b", "c"], 80, never_present=["c"]),
        multiclass("a class that never occurs", ["a", "b", "c"], 80, never_predicted=["a"], never_present=["a"]),
        multiclass("one class of three only", ["a", "b", "c"], 40, never_present=["a", "b"]),
        multiclass("labels unseen at training", ["a", "b", "c"], 90, change=with_unseen),
        multiclass("probabilities outside of 0 to 1", ["a", "b", "c"], 90, change=with_bad_probabilities),
        multiclass("probabilities that do not add up to 1", ["a", "b", "c"], 60, change=unnormalised),
        multiclass("no probabilities", ["a", "b", "c"], 60, change=lambda actual, predicted, _: (actual, predicted, None)),
    ]


if __name__ == "__main__":
    oracle = {"regressions": regressions(), "classifications": classifications()}
    Path(__file__).with_suffix(".json").write_text(json.dumps(oracle, allow_nan=False) + "\n")
