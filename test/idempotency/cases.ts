/** Every activity with what is there before it runs. */

import type { Activities } from '../../activities/index.ts';
import type { Part } from '../../activities/processes/parts.ts';
import { openHttpTrainer } from '../../activities/retraining/trainers/http.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { trainingWindows } from '../../core/retraining/windows.ts';
import { formatWindow, hourMs, parseInstant } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { daysPass } from '../setup/retrained.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../setup/synthetic.ts';
import type { World } from './arrangement.ts';
import { model, processes } from './arrangement.ts';

export interface Case {
  readonly name: string;
  /** What is stored before; made once and copied. */
  readonly prepare: (database: Database, world: World) => Promise<void>;
  /** What has happened outside of the database before, each time. */
  readonly prepareWorld?: (world: World) => Promise<unknown>;
  /** What of the database no snapshot brings back, each time. */
  readonly prepareTables?: (database: Database) => Promise<unknown>;
  readonly run: (activities: Activities) => Promise<unknown>;
  /** Alert keys that a run must give back to be woken, the first one or one that repeats it. */
  readonly wakes?: readonly string[];
  /** The table in which it notes for people that a server did not answer. */
  readonly notes?: 'retraining_events';
  /** `nothing`: it asks only. */
  readonly leaves?: 'something' | 'nothing';
}

const asOf = at(10, 3);
const retrainingId = asOf;
const policy = { trainingWindow: { kind: 'trailing', length: '2d' }, holdout: '7d' } as const;

/** Nine days; the last one has drifted and is badly predicted. */
async function loadAll(database: Database, { trainer }: World): Promise<void> {
  await watch(database, {
    model,
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-02' },
    current: '1d',
    drift: { share: 0.4 },
    performance: { windows: ['1d'], limits: { rmse: { warning: 2, critical: 4 } } },
    degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 4 }] },
    retraining: { trainer: { url: trainer.url }, ...policy, minimumOutcomes: 10 },
    alerts: { routes: [{ slack: true, email: ['a@example.org'], groupWait: '0s', groupInterval: '0s' }] },
    report: { recipients: ['a@example.org', 'b@example.org'] },
  });
  await load(database, model, { from: 1, to: 9 });
  await load(database, model, { from: 9, to: 10, shift: 8, error: 5 });
}

type Step = (database: Database, world: World) => Promise<unknown>;

const attached: Step = (database, world) => world.activities(database).attachActuals({ model, asOf });
const profiled: Step = (database, world) => world.activities(database).profileHours({ model, asOf });
const compared: Step = (database, world) =>
  world.activities(database).detectDrift({ model, asOf, act: false });
const summarized: Step = (database, world) => world.activities(database).summarizeOutcomes({ model, asOf });
const evaluated: Step = async (database, world) => {
  await summarized(database, world);
  return world.activities(database).evaluatePerformance({ model, asOf });
};
const checked: Step = (database, world) =>
  world.activities(database).checkDegradation({ model, asOf, act: false });
const written: Step = (database, world) =>
  world.activities(database).writeReport({ model, asOf, send: 'yes' });
const held: Step = (database, world) => world.activities(database).comparePerformance({ model, asOf });
const begun: Step = (database, world) =>
  world.activities(database).beginRetraining({ model, asOf, reason: 'by hand' });
const started = async (_: unknown, world: World): Promise<unknown> => {
  const windows = trainingWindows(parseInstant(asOf), policy);
  return openHttpTrainer().start(
    { url: world.trainer.url },
    {
      retrainingId,
      model,
      purpose: 'retraining',
      exclude: [],
      training: formatWindow(windows.training),
      holdout: formatWindow(windows.holdout),
    },
  );
};
const answer = { state: 'succeeded', version: '2', cost: 3, lineage: { rows: 168 } } as const;
const recorded: Step = (database, world) =>
  world.activities(database).recordChallenger({ model, retrainingId, answer });
/** The trainer of the monitor is a command from now on, which remembers nothing. */
const byCommand: Step = (database) =>
  watch(database, {
    model,
    retraining: { trainer: { kind: 'command', command: ['echo', JSON.stringify(answer)] }, ...policy },
  });
const onTaskQueue: Step = (database) =>
  watch(database, {
    model,
    retraining: { trainer: { kind: 'temporal', taskQueue: 'trainers', activity: 'fit' }, ...policy },
  });
/** Changes a part of the stored configuration. */
const configured =
  (part: 'retraining' | 'reference', change: Readonly<Record<string, unknown>>): Step =>
  async (database) =>
    database.execute(
      `update monitors
       set configuration = jsonb_set(configuration, array[$1], (configuration -> $1) || $2::jsonb)`,
      [part, JSON.stringify(change)],
    );
const withMlflow: Step = (database, world) =>
  configured('retraining', { registry: { mlflow: { url: world.mlflowUrl, registeredModel: model } } })(
    database,
    world,
  );
const withHook: Step = (database, world) =>
  configured('retraining', { promotion: { hook: { url: world.hookUrl } } })(database, world);
/** A retraining on days 3 and 4 was promoted, and its window is to be the reference. */
const promotedWithItsWindow: Step = async (database, world) => {
  await begun(database, world);
  await database.execute(
    `update retraining_runs set challenger_version = '2', promoted_as_of = as_of, state = 'verifying',
       training_start = $1, training_end = $2`,
    [at(3), at(5)],
  );
  await database.execute(
    `insert into model_versions (model, version, stage, registered_at) values ($1, '2', 'champion', $2)`,
    [model, asOf],
  );
  await configured('retraining', { reference: 'training-window' })(database, world);
  // What profiling leaves when it dies is shown by profileHours.
  await configured('reference', { start: '2024-01-03', end: '2024-01-05' })(database, world);
  await world.activities(database).profileHours({ model, asOf });
  await configured('reference', { start: '2024-01-01', end: '2024-01-02' })(database, world);
};
/** Version 2 predicts every row of the holdout perfectly. */
const shadowed: Step = async (database) =>
  openClient({ database }).logPredictions(
    model,
    predictionsOf({ from: 3, to: 10, version: '2', role: 'shadow' }).map((row, index) => ({
      ...row,
      prediction: [...actualsOf({ from: 3, to: 9 }), ...actualsOf({ from: 9, to: 10, error: 5 })][index]!
        .value,
    })),
  );

const judged: Step = (database, world) =>
  world.activities(database).validateChallenger({ model, retrainingId });
const asked: Step = (database, world) => world.activities(database).requestApproval({ model, retrainingId });
const promoted: Step = (database, world) =>
  world.activities(database).promoteChallenger({ model, retrainingId, reason: 'better' });
const withPolicy =
  (settings: Readonly<Record<string, unknown>>): Step =>
  (database) =>
    database.execute(
      `update monitors set configuration = jsonb_set(configuration, '{retraining}', configuration -> 'retraining' || $1)`,
      [JSON.stringify(settings)],
    );
const manual = withPolicy({ approval: { kind: 'manual', timeout: '7d', risk: {} } });
const inShadow = withPolicy({ rollout: { kind: 'shadow', for: '3d', share: 0.1 } });
/** The day after was predicted by both, and judged. */
const checkedAfter: Step = (database) =>
  daysPass(database, model, { from: 10, to: 11, errors: { 1: 5, 2: 1 }, serving: '2' });

const after =
  (...steps: readonly Step[]): Case['prepare'] =>
  async (database, world) => {
    await loadAll(database, world);
    for (const step of steps) await step(database, world);
  };

/** A late actual, a corrected one, a late prediction and a deleted one. */
const changed: Step = async (database) => {
  const client = openClient({ database });
  const [first, second] = actualsOf({ from: 5, to: 6 });
  await client.recordActuals(model, [
    { ...first!, value: 99, recordedAt: at(10, 1) },
    { ...second!, entity: 'elsewhere', recordedAt: at(10, 1) },
  ]);
  await client.logPredictions(model, [
    { ...predictionsOf({ from: 5, to: 6 })[1]!, entity: 'elsewhere', issuedAt: at(5, 0) },
  ]);
  await database.execute(`delete from predictions where event_time = $1`, [new Date(day(6)).toISOString()]);
  await database.execute(`update predictions set features = features || '{"x": 50}' where event_time = $1`, [
    new Date(day(9) + 5 * hourMs).toISOString(),
  ]);
};

/** The last day was predicted well after all. */
const corrected: Step = async (database) =>
  openClient({ database }).recordActuals(
    model,
    actualsOf({ from: 9, to: 10 }).map((row) => ({ ...row, recordedAt: at(10, 2) })),
  );

/** Most of the last day was not what was known of it: too little is left to judge by. */
const forgotten: Step = async (database) =>
  database.execute(`delete from actuals where event_time >= $1`, [
    new Date(day(9) + 5 * hourMs).toISOString(),
  ]);

/** One clean check does not end an alert. */
const patient: Step = async (database) =>
  database.execute(
    `update monitors set configuration = jsonb_set(configuration, '{alerts,life,resolveAfter}', '2')`,
  );

/** The day after the last is like those before it. */
const goodAgain: Step = async (database, world) => {
  await load(database, model, { from: 10, to: 11 });
  await world.activities(database).attachActuals({ model, asOf: at(11, 3) });
};

/** By the wall clock; everything that was told has arrived. */
const anHourLater: Step = async (database) => {
  await database.execute(`update alerts set told_at = told_at - interval '1 hour'`);
  await database.execute(`update alert_deliveries set state = 'delivered'`);
};

/** A month more; its last day is as the ones before, but what comes of it is not. */
const monthLater: Step = async (database, world) => {
  await load(database, model, { from: 10, to: 39 });
  await load(database, model, { from: 39, to: 40, error: 5 });
  const activities = world.activities(database);
  const request = { model, asOf: at(40, 3) };
  await activities.attachActuals(request);
  await activities.profileHours(request);
  await activities.detectDrift({ ...request, act: false });
  await activities.summarizeOutcomes(request);
  await activities.evaluatePerformance(request);
};

/** Of an earlier day: the reference is there, and most days have no profiles. */
const profiledBefore: Step = async (database, world) => {
  await world.activities(database).profileHours({ model, asOf: at(3, 3) });
};

const groupOfColumns = (group: number): Part => ({
  start: at(8),
  end: at(9),
  columns: { group, groups: 2 },
});

/** By the wall clock; of a process that is due once a year, so that none becomes due meanwhile. */
const yearsLater: Step = async (database, world) => {
  await watch(database, {
    model,
    schedules: { weeklyReport: { enabled: true, cron: '0 0 1 1 *' } },
    alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
  });
  await world.activities(database).watchProcesses({ model });
  await database.execute(`update watched_processes set watched_since = watched_since - interval '5 years'
     where process = 'weekly-report'`);
};

const drift = `dataset-drift:${model}:dataset`;
const driftOfX = `drift:${model}:x`;
const quality = `data-quality:${model}:dataset`;
const degradation = `degradation:${model}:performance`;
const restated = `restated:${model}:2024-01-10`;
const retraining = `retraining:${model}:${retrainingId}`;

export const cases: readonly Case[] = [
  {
    name: 'attachActuals',
    prepare: after(attached, changed),
    run: (activities) => activities.attachActuals({ model, asOf }),
  },
  {
    name: 'attachPart',
    prepare: after(attached, changed),
    run: (activities) => activities.attachPart({ model, asOf, part: { start: at(5), end: at(7) } }),
  },
  {
    name: 'profileHours, of a new reference',
    prepare: after(attached),
    run: (activities) => activities.profileHours({ model, asOf }),
  },
  {
    name: 'profileHours, of hours that changed',
    prepare: after(attached, profiled, compared, changed, attached),
    run: (activities) => activities.profileHours({ model, asOf }),
  },
  {
    name: 'profilePart',
    prepare: after(attached, profiledBefore),
    run: (activities) => activities.profilePart({ model, asOf, part: { start: at(8), end: at(10) } }),
  },
  {
    name: 'profilePart, of a group of columns',
    prepare: after(attached, profiledBefore, async (database, world) => {
      await world.activities(database).profilePart({ model, asOf, part: groupOfColumns(1) });
    }),
    run: (activities) => activities.profilePart({ model, asOf, part: groupOfColumns(2) }),
  },
  {
    name: 'profileHours, of groups of columns',
    prepare: after(attached, profiledBefore, async (database, world) => {
      for (const group of [1, 2])
        await world.activities(database).profilePart({ model, asOf, part: groupOfColumns(group) });
    }),
    run: (activities) => activities.profileHours({ model, asOf }),
  },
  {
    name: 'calibrateDrift',
    prepare: after(attached, profiled),
    run: (activities) => activities.calibrateDrift({ model, asOf }),
  },
  {
    name: 'detectDrift',
    prepare: after(attached, profiled),
    run: (activities) => activities.detectDrift({ model, asOf, act: false }),
    wakes: [quality, drift, driftOfX],
  },
  {
    name: 'detectDrift, of a day that is good again',
    prepare: after(attached, compared, goodAgain),
    run: (activities) => activities.detectDrift({ model, asOf: at(11, 3), act: false }),
    wakes: [quality, drift, driftOfX],
  },
  {
    name: 'summarizeOutcomes',
    prepare: after(attached),
    run: (activities) => activities.summarizeOutcomes({ model, asOf }),
  },
  {
    name: 'summarizeOutcomes, of hours that changed',
    prepare: after(attached, evaluated, changed, attached),
    run: (activities) => activities.summarizeOutcomes({ model, asOf }),
  },
  {
    name: 'summarizePart',
    prepare: after(attached, evaluated, changed, attached),
    run: (activities) => activities.summarizePart({ model, asOf, part: { start: at(5), end: at(7) } }),
  },
  {
    name: 'evaluatePerformance',
    prepare: after(attached, summarized),
    run: (activities) => activities.evaluatePerformance({ model, asOf }),
  },
  {
    name: 'evaluatePerformance, of a window that changed',
    prepare: after(attached, evaluated, changed, attached, summarized),
    run: (activities) => activities.evaluatePerformance({ model, asOf }),
  },
  {
    name: 'restateWindows',
    prepare: after(attached, evaluated, changed, attached, summarized),
    run: (activities) =>
      activities.restateWindows({ model, asOf, endingAfter: at(1), startingBefore: at(10) }),
  },
  {
    name: 'restateWindows, of numbers that do not count any more',
    prepare: after(attached, evaluated, forgotten, attached, summarized),
    run: (activities) =>
      activities.restateWindows({ model, asOf, endingAfter: at(1), startingBefore: at(10) }),
  },
  {
    name: 'estimatePerformance',
    prepare: after(monthLater),
    run: (activities) => activities.estimatePerformance({ model, asOf: at(40, 3) }),
    wakes: [`concept-drift:${model}:performance`],
  },
  {
    name: 'comparePerformance',
    prepare: after(shadowed, attached, summarized),
    run: (activities) => activities.comparePerformance({ model, asOf }),
  },
  {
    name: 'comparePerformance, of windows that changed',
    prepare: after(shadowed, attached, summarized, held, changed, attached, summarized),
    run: (activities) => activities.comparePerformance({ model, asOf }),
  },
  {
    name: 'checkDegradation',
    prepare: after(attached, evaluated),
    run: (activities) => activities.checkDegradation({ model, asOf, act: false }),
    wakes: [degradation],
  },
  {
    name: 'checkDegradation, of a day that is restated',
    prepare: after(attached, evaluated, checked, corrected, attached, evaluated),
    run: (activities) => activities.checkDegradation({ model, asOf, act: false }),
    wakes: [degradation],
  },
  {
    name: 'checkDegradation, of a day that is restated while its alert stays open',
    prepare: after(attached, evaluated, checked, patient, corrected, attached, evaluated),
    run: (activities) => activities.checkDegradation({ model, asOf, act: false }),
    wakes: [degradation, restated],
  },
  {
    name: 'beginRetraining',
    prepare: after(attached),
    run: (activities) => activities.beginRetraining({ model, asOf, reason: 'by hand' }),
    wakes: [retraining],
  },
  {
    name: 'startTraining',
    prepare: after(attached, begun),
    run: (activities) => activities.startTraining({ model, retrainingId }),
  },
  {
    name: 'planTraining',
    prepare: after(attached, begun),
    run: (activities) => activities.planTraining({ model, retrainingId }),
    leaves: 'nothing',
  },
  {
    name: 'planTraining, on a task queue',
    prepare: after(attached, begun, onTaskQueue),
    run: (activities) => activities.planTraining({ model, retrainingId }),
  },
  {
    name: 'lookAtTrainer',
    prepare: after(attached, begun),
    run: (activities) => activities.lookAtTrainer({ model, retrainingId }),
    leaves: 'nothing',
  },
  {
    name: 'readTraining',
    prepare: after(attached, begun),
    prepareWorld: (world) => started(undefined, world),
    run: (activities) => activities.readTraining({ model, retrainingId }),
    leaves: 'nothing',
    notes: 'retraining_events',
  },
  {
    name: 'runTrainingCommand',
    prepare: after(attached, begun, byCommand),
    run: (activities) => activities.runTrainingCommand({ model, retrainingId }),
    leaves: 'nothing',
  },
  {
    name: 'recordChallenger',
    prepare: after(attached, begun),
    run: (activities) => activities.recordChallenger({ model, retrainingId, answer }),
  },
  {
    name: 'cancelTraining',
    prepare: after(attached, begun),
    run: (activities) => activities.cancelTraining({ model, retrainingId }),
  },
  {
    name: 'validateChallenger',
    prepare: after(begun, recorded, shadowed, attached),
    run: (activities) => activities.validateChallenger({ model, retrainingId }),
  },
  {
    name: 'handOverReference',
    prepare: after(attached, profiled, compared, promotedWithItsWindow),
    run: (activities) => activities.handOverReference({ model, retrainingId }),
    wakes: [quality, drift, driftOfX, retraining],
  },
  {
    name: 'recordInMlflow',
    prepare: after(withMlflow, begun, recorded),
    run: (activities) => activities.recordInMlflow({ model, retrainingId }),
  },
  {
    name: 'requestApproval',
    prepare: after(manual, begun, recorded, shadowed, attached, judged),
    run: (activities) => activities.requestApproval({ model, retrainingId }),
    wakes: [retraining],
  },
  {
    name: 'changeRetraining',
    prepare: after(manual, begun, recorded, shadowed, attached, judged, asked),
    run: (activities) =>
      activities.changeRetraining({ model, retrainingId, change: 'approve', by: 'anna', updateId: 'one' }),
  },
  {
    name: 'followRollout',
    prepare: after(inShadow, begun, recorded, shadowed, attached, judged),
    run: (activities) => activities.followRollout({ model, retrainingId }),
  },
  {
    name: 'promoteChallenger',
    prepare: after(begun, recorded, shadowed, attached, judged),
    run: (activities) => activities.promoteChallenger({ model, retrainingId, reason: 'better' }),
    wakes: [retraining],
  },
  {
    name: 'promoteChallenger, with a hook',
    prepare: after(withHook, begun, recorded, shadowed, attached, judged),
    run: (activities) => activities.promoteChallenger({ model, retrainingId, reason: 'better' }),
    wakes: [retraining],
  },
  {
    name: 'verifyPromotion',
    prepare: after(begun, recorded, shadowed, attached, judged, promoted, checkedAfter),
    run: (activities) => activities.verifyPromotion({ model, retrainingId }),
  },
  {
    name: 'revertPromotion',
    prepare: after(begun, recorded, shadowed, attached, judged, promoted),
    run: (activities) => activities.revertPromotion({ model, retrainingId }),
  },
  {
    name: 'revertPromotion, with a hook',
    prepare: after(withHook, begun, recorded, shadowed, attached, judged, promoted),
    run: (activities) => activities.revertPromotion({ model, retrainingId }),
  },
  {
    name: 'concludeRetraining',
    prepare: after(begun, recorded, shadowed, attached, judged, promoted),
    run: (activities) =>
      activities.concludeRetraining({ model, retrainingId, end: 'kept', reason: 'helped' }),
    wakes: [retraining],
  },
  {
    name: 'abandonRetraining',
    prepare: after(attached, begun, recorded),
    run: (activities) => activities.abandonRetraining({ model, retrainingId }),
    wakes: [retraining],
  },
  {
    name: 'watchProcesses',
    prepare: after(yearsLater),
    run: (activities) => activities.watchProcesses({ model }),
  },
  {
    name: 'wakeAlerts',
    prepare: after(),
    run: (activities) => activities.wakeAlerts({ model, alertKeys: [drift, degradation] }),
  },
  {
    name: 'followAlert, when it is time to repeat',
    prepare: after(attached, evaluated, checked, anHourLater),
    run: (activities) => activities.followAlert({ model, alertKey: degradation }),
  },
  {
    name: 'changeAlert',
    prepare: after(attached, evaluated, checked),
    run: (activities) =>
      activities.changeAlert({
        model,
        alertKey: degradation,
        updateId: 'one',
        change: 'acknowledge',
        by: 'anna',
      }),
  },
  {
    name: 'deliverAlerts',
    prepare: after(attached, evaluated, checked),
    run: (activities) => activities.deliverAlerts({ model, alertKey: degradation }),
  },
  {
    name: 'writeReport',
    prepare: after(attached, profiled, compared, evaluated, checked),
    run: (activities) => activities.writeReport({ model, asOf, send: 'unless past' }),
  },
  {
    name: 'sendReport',
    prepare: after(attached, evaluated, written),
    run: (activities) => activities.sendReport({ model, window: { start: at(3), end: at(10) } }),
  },
  {
    name: 'makePartitions',
    prepare: after(),
    // Rows from before there were partitions, and no partitions after those of the rows.
    prepareTables: (database) =>
      database.execute(`
        do $$ declare name text; begin
          for name in select range.name from unnest(array['predictions', 'actuals', 'outcomes']) as parent,
            partition_ranges(parent::regclass) as range where from_time < '2024-01-01Z' or from_time >= '2024-02-01Z'
          loop execute 'drop table ' || name; end loop;
        end $$;
        set session_replication_role = replica;
        delete from actuals where model = 'another';
        insert into actuals (model, entity, event_time, value, recorded_at, inserted_at)
        select 'another', i::text, timestamptz '2023-01-01Z' + i * interval '1 day', 1, '2023-06-01Z', '2023-06-01Z'
        from generate_series(1, 90) as i;
        set session_replication_role = origin`),
    run: (activities) => activities.makePartitions({ asOf }),
  },
  {
    name: 'applyRetention',
    prepare: async (database, world) => {
      await after(attached, profiled, compared, evaluated)(database, world);
      // Rows of the first day are its reference: the others of January are old enough in April, one by one.
      await database.execute(`
        update monitors set configuration = configuration || '{"retention": {"rows": "60d", "results": "60d"}}';
        delete from dirty_windows;
        insert into process_watermarks (model, process, as_of, window_end)
        select '${model}', process, '${at(100, 3)}', '${at(100)}'
        from unnest(array['actuals-backfill', 'drift-detection', 'performance-evaluation']) as process
        on conflict (model, process) do update set as_of = excluded.as_of;
        create schema removable;
        create table removable.predictions as table predictions;
        create table removable.actuals as table actuals`);
    },
    prepareTables: (database) =>
      database.execute(`
        set session_replication_role = replica;
        delete from predictions;
        delete from actuals;
        insert into predictions table removable.predictions;
        insert into actuals table removable.actuals;
        set session_replication_role = origin`),
    run: (activities) => activities.applyRetention({ asOf: at(100, 3) }),
  },
  {
    name: 'concludeMaintenance',
    prepare: after(),
    run: (activities) => activities.concludeMaintenance({ asOf }),
  },
  ...processes.map((process): Case => ({
    name: `pushMetrics, ${process}`,
    prepare: after(attached, profiled, compared, evaluated, checked, begun, written),
    run: (activities) => activities.pushMetrics({ model, process }),
  })),
];
