"""A trainer for Tidewatch: an activity on a Temporal task queue that fits regressions with scikit-learn.

It needs no address and keeps no state but the fitted models. In the monitor:

    retraining:
      trainer: { kind: temporal, taskQueue: trainers, activity: train }
"""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import joblib
import numpy
import psycopg
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction import DictVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

MODELS = Path(os.environ.get("MODEL_DIRECTORY", "models"))


@activity.defn
def train(request: dict) -> dict:
    """What docs/trainer.schema.json calls a TrainingRequest in, a TrainingAnswer out."""
    # The same retraining again gives the same version: it is not fitted twice.
    version = request["retrainingId"]
    file = MODELS / request["model"] / f"{version}.joblib"
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        if not file.exists():
            features, actuals = outcomes(database, request)
            if len(actuals) == 0:
                return {"state": "failed", "reason": "there is no outcome in the training window"}
            save(fit(features, actuals), file)
        activity.heartbeat({"state": "running", "message": "fitted"})
        model = joblib.load(file)
        rows = predict_holdout(database, request, version, model)
    return {
        "state": "succeeded",
        "version": version,
        "features": sorted({name.split("=")[0] for name in model[0].get_feature_names_out()}),
        "latencyMs": latency(model, [row["features"] for row in rows]),
        "lineage": {"file": str(file), "predicted": len(rows)},
    }


def outcomes(database: psycopg.Connection, request: dict) -> tuple[list[dict], list[float]]:
    """The features and actuals of the training window, without what the request leaves out."""
    rows = database.execute(
        """select event_time, features, actual from predictions_with_actuals
           where model = %s and event_time >= %s and event_time < %s and role = 'serving' and actual is not null
           order by event_time, entity""",
        (request["model"], request["training"]["start"], request["training"]["end"]),
    ).fetchall()
    left_out = [(instant(window["start"]), instant(window["end"])) for window in request["exclude"]]
    kept = [row for row in rows if not any(start <= row[0] < end for start, end in left_out)]
    return [features for _, features, _ in kept], [actual for _, _, actual in kept]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def fit(features: list[dict], actuals: list[float]) -> Pipeline:
    """Numbers as they are, classes as one column each."""
    model = make_pipeline(DictVectorizer(sparse=False), HistGradientBoostingRegressor(random_state=0))
    return model.fit(features, actuals)


def save(model: Pipeline, file: Path) -> None:
    """A file is complete or not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, f"{file}.new")
    os.replace(f"{file}.new", file)


def predict_holdout(database: psycopg.Connection, request: dict, version: str, model: Pipeline) -> list[dict]:
    """Predicts every row of the holdout and logs it in the shadow. A row that is logged already stays one row."""
    holdout = request["holdout"]
    cursor = database.cursor(row_factory=psycopg.rows.dict_row)
    rows = cursor.execute(
        """select entity, event_time, issued_at, features from predictions
           where model = %s and event_time >= %s and event_time < %s and role = 'serving'""",
        (request["model"], holdout["start"], holdout["end"]),
    ).fetchall()
    if not rows:
        return rows
    predicted = model.predict([row["features"] for row in rows])
    cursor.executemany(
        """insert into predictions (model, version, entity, event_time, issued_at, role, features, prediction)
           values (%s, %s, %s, %s, %s, 'shadow', %s, %s)
           on conflict (model, event_time, entity, version, issued_at) do update set prediction = excluded.prediction""",
        [
            (request["model"], version, row["entity"], row["event_time"], row["issued_at"],
             psycopg.types.json.Jsonb(row["features"]), float(value))
            for row, value in zip(rows, predicted)
        ],
    )
    return rows


def latency(model: Pipeline, features: list[dict]) -> dict:
    """Milliseconds for one row at a time."""
    took = []
    for row in features[:200]:
        start = time.perf_counter()
        model.predict([row])
        took.append(1000 * (time.perf_counter() - start))
    p50, p95 = numpy.percentile(took, [50, 95]) if took else (0, 0)
    return {"p50": float(p50), "p95": float(p95)}


async def main() -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    with ThreadPoolExecutor(max_workers=1) as threads:
        await Worker(
            client,
            task_queue=os.environ.get("TASK_QUEUE", "trainers"),
            activities=[train],
            activity_executor=threads,
            max_concurrent_activities=1,
        ).run()


if __name__ == "__main__":
    asyncio.run(main())
