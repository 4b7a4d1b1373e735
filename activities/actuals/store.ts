/** The statements that keep outcomes equal to the join of predictions and actuals, one window of event time each. */

import { simulationPrefix } from '../../core/retraining/trainer-contract.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/**
 * Prepares a transaction that joins.
 *
 * Locks the tables in the order in which ensure_partitions does: an insert into outcomes that reads predictions, and a new
 * partition of both, deadlock otherwise.
 *
 * Leaves hash joins only: their time is bounded by the rows of the window. Before the first analyze of freshly loaded
 * partitions the planner expects 15 rows where there are 50,000, and took 50 s for a nested loop and 3 s for a merge join
 * on the event time alone, where the hash join takes 0.1 s.
 *
 * The pairs of a slice stay in memory: 50,000 rows take 8 MB.
 */
export async function prepareToJoin(connection: Queryable): Promise<void> {
  await connection.execute(`
    lock table only predictions, only actuals in access share mode;
    lock table only outcomes in row exclusive mode;
    set local enable_nestloop = off;
    set local enable_mergejoin = off;
    set local work_mem = '64MB'`);
}

/**
 * A prediction and its actual: the same model, event time and entity, and both a number or both a class. What a simulation
 * predicts has no outcomes: nothing that is computed of outcomes sees it.
 */
const matching = `
  from predictions prediction
  join actuals actual on actual.model = prediction.model and actual.event_time = prediction.event_time
    and actual.entity = prediction.entity and (actual.value is null) = (prediction.prediction is null)
  where prediction.model = $1 and prediction.event_time >= $2 and prediction.event_time < $3
    and actual.model = $1 and actual.event_time >= $2 and actual.event_time < $3
    and not (prediction.role = 'shadow' and starts_with(prediction.version, '${simulationPrefix}'))`;

/**
 * Inserts the outcomes that are not there yet, and updates those whose actual was corrected or whose prediction was written
 * again with other content.
 *
 * The pairs are joined once, and materialized: folded into the update, the planner would join outcomes and actuals on the
 * event time alone where it expects few of both (500 stations an hour: 4 million rows for 8,000).
 */
export async function attachPairs(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<{ attached: number; changed: number; matchedActuals: number }> {
  const [counts] = await connection.query<{ attached: number; changed: number; matchedActuals: number }>(
    `with pair as materialized (
       select prediction.event_time, prediction.prediction_id, prediction.entity, prediction.version, prediction.role,
         prediction.prediction, prediction.predicted_class, prediction.probabilities, prediction.interval_low,
         prediction.interval_high, actual.value, actual.class, actual.recorded_at
       ${matching}
     ), inserted as (
       insert into outcomes (
         model, event_time, prediction_id, version, role, prediction, predicted_class, probabilities,
         interval_low, interval_high, actual, actual_class, recorded_at)
       select $1, event_time, prediction_id, version, role, prediction, predicted_class, probabilities,
         interval_low, interval_high, value, class, recorded_at
       from pair
       where not exists (
         select from outcomes outcome
         where outcome.model = $1 and outcome.event_time >= $2 and outcome.event_time < $3
           and outcome.event_time = pair.event_time and outcome.prediction_id = pair.prediction_id
       )
       -- The order of the primary key: each row goes where the last one went.
       order by event_time, prediction_id
       returning 1
     ), updated as (
       update outcomes outcome
       set role = pair.role, prediction = pair.prediction, predicted_class = pair.predicted_class,
         probabilities = pair.probabilities, interval_low = pair.interval_low, interval_high = pair.interval_high,
         actual = pair.value, actual_class = pair.class, recorded_at = pair.recorded_at
       from pair
       where outcome.model = $1 and outcome.event_time >= $2 and outcome.event_time < $3
         and outcome.event_time = pair.event_time and outcome.prediction_id = pair.prediction_id
         and (outcome.role, outcome.prediction, outcome.predicted_class, outcome.probabilities, outcome.interval_low,
             outcome.interval_high, outcome.actual, outcome.actual_class, outcome.recorded_at)
           is distinct from (pair.role, pair.prediction, pair.predicted_class, pair.probabilities, pair.interval_low,
             pair.interval_high, pair.value, pair.class, pair.recorded_at)
       returning 1
     )
     select (select count(*) from inserted) as attached, (select count(*) from updated) as changed,
       (select count(*) from (select distinct event_time, entity from pair) as matched) as "matchedActuals"`,
    parameters(model, window),
  );
  return counts!;
}

/**
 * Deletes the outcomes whose prediction was deleted or whose actual became one of another kind. For marked hours only:
 * in others, predictions may be missing because their retention has ended.
 */
export function deleteOutcomes(connection: Queryable, model: string, window: Window): Promise<number> {
  return connection.execute(
    `with pair as materialized (select prediction.event_time, prediction.prediction_id ${matching})
     delete from outcomes outcome
     where outcome.model = $1 and outcome.event_time >= $2 and outcome.event_time < $3
       and not exists (
         select from pair
         where pair.event_time = outcome.event_time and pair.prediction_id = outcome.prediction_id
       )`,
    parameters(model, window),
  );
}

/** Why rows of an hour are rejected whose rows are removed. */
const cameLate =
  'it came after the rows of its day were removed, as their retention had ended: what was computed of them stays as it is';

/**
 * Moves the predictions and actuals of a window to `rejected_rows`: they came after the others were removed, and a result of a few of
 * the rows would take the place of one of all of them. Gives how many these were.
 */
export async function setAsideLateRows(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<number> {
  const [row] = await connection.query<{ rows: number }>(
    'select set_aside_late_rows($1, $2, $3, $4) as rows',
    [...parameters(model, window), cameLate],
  );
  return row!.rows;
}

/** Serving predictions and serving outcomes of a window: numerator and denominator of coverage. */
export async function countServing(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<{ predictions: number; outcomes: number }> {
  const [counts] = await connection.query<{ predictions: number; outcomes: number }>(
    `select
       (select count(*) from predictions
        where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving') as predictions,
       (select count(*) from outcomes
        where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving') as outcomes`,
    parameters(model, window),
  );
  return counts ?? { predictions: 0, outcomes: 0 };
}

/** How many actuals a window has. */
export async function countActuals(connection: Queryable, model: string, window: Window): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    'select count(*) as count from actuals where model = $1 and event_time >= $2 and event_time < $3',
    parameters(model, window),
  );
  return row!.count;
}

/** The actuals of a window that no prediction matches, and how many of these have a prediction of the other kind. */
export async function countUnmatched(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<{ unmatched: number; otherKind: number }> {
  const [counts] = await connection.query<{ unmatched: number; otherKind: number }>(
    `select count(*) filter (where not same_kind) as unmatched,
       count(*) filter (where other_kind and not same_kind) as "otherKind"
     from (
       select
         coalesce(bool_or((prediction.prediction is null) = (actual.value is null)), false) as same_kind,
         count(prediction.prediction_id) > 0 as other_kind
       from actuals actual
       left join predictions prediction on prediction.model = $1 and prediction.event_time >= $2
         and prediction.event_time < $3 and prediction.event_time = actual.event_time
         and prediction.entity = actual.entity
       where actual.model = $1 and actual.event_time >= $2 and actual.event_time < $3
       group by actual.event_time, actual.entity
     ) matched`,
    parameters(model, window),
  );
  return counts ?? { unmatched: 0, otherKind: 0 };
}

/** The newest event time of the serving predictions and of the actuals of a model; null where there are none. */
export async function findNewest(
  connection: Queryable,
  model: string,
): Promise<{ prediction: number | null; actual: number | null }> {
  const [newest] = await connection.query<{ prediction: number | null; actual: number | null }>(
    `select
       (select event_time from predictions where model = $1 and role = 'serving'
        order by event_time desc limit 1) as prediction,
       (select event_time from actuals where model = $1 order by event_time desc limit 1) as actual`,
    [model],
  );
  return newest ?? { prediction: null, actual: null };
}

function parameters(model: string, window: Window): [string, string, string] {
  return [model, toTimestamp(window.start), toTimestamp(window.end)];
}
