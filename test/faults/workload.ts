/**
 * Three days of two small models with a known end: predictions come by half days, actuals after an hour or a day, one model drifts for a
 * day, the other degrades and is retrained. What is done next is done when everything before is settled, so that the end does not
 * depend on how long anything took.
 */

import { setTimeout as pause } from 'node:timers/promises';

import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';

import { openClient, type ActualRow, type PredictionRow } from '../../client/tidewatch-client.ts';
import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { dayMs, hourMs, parseInstant } from '../../core/window.ts';
import type { RetrainingProgress } from '../../workflows/retraining-conversation.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { persist, taskQueue, type World } from './world.ts';

const models = ['rides', 'fares'] as const;
type Model = (typeof models)[number];

/** Days 1 to 14 are the reference. */
const firstServed = 15;
const nights = 3;
/** From here on version 1 of `rides` is wrong by 9. */
const degradesOn = 16;
/** On this day a feature of `fares` is shifted. */
const driftsOn = 16;

const errorOf = (model: Model, n: number): number => (model === 'rides' && n >= degradesOn ? 9 : 1);
const shiftOf = (model: Model, n: number): number => (model === 'fares' && n === driftsOn ? 3 : 0);

/** Some actuals come a day late. */
const lateness = (eventTime: number): number => ((eventTime / hourMs) % 12 === 7 ? 26 * hourMs : hourMs);

function actualsOn(model: Model, n: number): ActualRow[] {
  return actualsOf({ from: n, to: n + 1, error: errorOf(model, n) }).map((row) => ({
    ...row,
    recordedAt: Number(row.eventTime) + lateness(Number(row.eventTime)),
  }));
}

/** The version 2 that a retraining brings is wrong by 1. */
function predictionsOn(
  model: Model,
  n: number,
  version: '1' | '2',
  role: 'serving' | 'shadow',
): PredictionRow[] {
  const actuals = actualsOn(model, n);
  return predictionsOf({ from: n, to: n + 1, shift: shiftOf(model, n), version, role }).map((row, i) => ({
    ...row,
    // One row a day of which nothing fits.
    ...(i === 3 && { features: { x: null, c: 'never seen' } }),
    ...(version === '2' && { prediction: Number(actuals[i]!.value) + (i % 2 === 0 ? 1 : -1) }),
  }));
}

export async function prepareWorkload({ database, arena }: World): Promise<void> {
  for (const model of models) {
    await watch(database, {
      model,
      current: '1d',
      drift: { multivariate: { enabled: false } },
      performance: { windows: ['1d', '3d'] },
      degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 2 }] },
      alerts: {
        routes: [{ slack: true, email: ['ops@example.org'], groupWait: '0s', groupInterval: '0s' }],
        life: { resolveAfter: 1, repeatInterval: { info: 'never', warning: 'never', critical: 'never' } },
      },
      ...(model === 'rides' && {
        retraining: {
          trainer: { url: arena.trainerGate.origin, poll: '100ms' },
          trainingWindow: '2d',
          holdout: '3d',
          minimumOutcomes: 24,
          quality: 'ignore',
          verify: { for: '1d' },
        },
      }),
    });
    await load(database, model, { from: 1, to: firstServed });
  }
}

/** What `rides` is retrained by: version 2 predicts the rows that were held out. */
export async function train(
  { database }: World,
  { model, holdout }: TrainingRequest,
): Promise<TrainingAnswer> {
  const first = dayOf(parseInstant(holdout.start));
  for (let n = first; n < dayOf(parseInstant(holdout.end)); n += 1) {
    const rows = predictionsOn(model as Model, n, '2', 'shadow');
    await persist(() => openClient({ database }).logPredictions(model, rows));
  }
  return { state: 'succeeded', version: '2', featureImportances: { x: 3, c: 1 }, lineage: { rows: 48 } };
}

const dayOf = (instant: number): number => Math.round((instant - day(1)) / dayMs) + 1;

/** One thing that happens in the world, and everything that follows from it. */
export interface Step {
  readonly name: string;
  run(world: World): Promise<void>;
}

const halves = [0, 12] as const;

const served = Array.from({ length: nights }, (_, i) => firstServed + i);

/** A day in two halves, each with a run that attaches actuals, and the night after it. */
export const workload: readonly Step[] = served.flatMap((n) => [
  ...halves.map((from) => ({
    name: `day ${n}, from ${from}:00`,
    run: async (world: World) => {
      await Promise.all(models.map((model) => halfDay(world, model, n, from)));
      await settle(world);
    },
  })),
  {
    name: `night after day ${n}`,
    run: async (world: World) => {
      await Promise.all(models.map((model) => night(world, model, n + 1)));
      await settle(world);
    },
  },
]);

/**
 * The run of the next morning: a night attaches actuals as well, and the gauges of a process show the newest rows of the time when it was
 * last run.
 */
export async function finishWorkload(world: World): Promise<void> {
  const asOf = at(firstServed + nights, 5, 5);
  for (const model of models) await runProcess(world, 'actuals-backfill', 'actualsBackfill', { model, asOf });
  await settle(world);
}

async function halfDay(world: World, model: Model, n: number, from: 0 | 12): Promise<void> {
  const { database } = world;
  const start = day(n) + from * hourMs;
  const end = start + 12 * hourMs;
  const isIn = ({ eventTime }: { readonly eventTime: unknown }): boolean =>
    Number(eventTime) >= start && Number(eventTime) < end;
  const champion = await championOf(world, model);
  const versions = champion === '1' ? (['1'] as const) : (['1', '2'] as const);
  const predictions = versions.flatMap((version) =>
    predictionsOn(model, n, version, version === champion ? 'serving' : 'shadow').filter(isIn),
  );
  const actuals = [n - 2, n - 1, n]
    .filter((some) => some >= firstServed)
    .flatMap((some) => actualsOn(model, some))
    .filter(({ recordedAt }) => Number(recordedAt) > start && Number(recordedAt) <= end);
  const client = openClient({ database });
  await persist(() => client.logPredictions(model, predictions));
  await persist(() => client.recordActuals(model, actuals));
  await runProcess(world, 'actuals-backfill', 'actualsBackfill', { model, asOf: at(n, from + 12, 5) });
}

async function championOf({ database }: World, model: Model): Promise<string> {
  const rows = await persist(() =>
    database.query<{ version: string }>(
      `select version from model_versions where model = $1 and stage = 'champion'`,
      [model],
    ),
  );
  return rows[0]?.version ?? '1';
}

/**
 * The runs of a night, all at once as the schedules start them, and as of one instant: which of them computes first what several of
 * them make sure of does not matter then.
 */
async function night(world: World, model: Model, n: number): Promise<void> {
  const input = { model, asOf: at(n, 3, 40) };
  const [, , check] = await Promise.all([
    runProcess(world, 'drift-detection', 'driftDetection', { ...input, act: true }),
    runProcess(world, 'performance-evaluation', 'performanceEvaluation', input),
    runProcess(world, 'degradation-check', 'degradationCheck', { ...input, act: true }),
  ]);
  const { retrainingWorkflow } = check as { readonly retrainingWorkflow: string | null };
  if (retrainingWorkflow !== null) world.retrainings.add(retrainingWorkflow);
  for (const workflowId of world.retrainings) await untilItWaits(world, workflowId, at(n, 3, 40));
}

/** Starts a run unless it has been started, and waits for its end. A run that fails is one of the things that must not happen. */
async function runProcess(
  world: World,
  process: string,
  workflowType: string,
  input: { readonly model: string; readonly asOf: string; readonly act?: boolean },
  suffix = '',
): Promise<unknown> {
  const { client } = world;
  const workflowId = `${process}:${input.model}-${input.asOf}${suffix}`;
  if (suffix === '')
    world.inputs.set(workflowId, (again) => runProcess(world, process, workflowType, input, again));
  await persist(async () => {
    try {
      await client.workflow.start(workflowType, {
        workflowId,
        taskQueue,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  });
  return persist(
    () => client.workflow.getHandle(workflowId).result(),
    (error) => error instanceof WorkflowFailedError,
  );
}

/** Until a retraining has looked at this day and waits for the next, or is over. */
async function untilItWaits({ client }: World, workflowId: string, checkedAt: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  for (;;) {
    const { status } = await persist(() => handle.describe());
    if (status.name !== 'RUNNING') return;
    const progress = await handle.query<RetrainingProgress>('progress').catch(() => undefined);
    if (progress?.waitsFor === 'the next day' && progress.asOf >= checkedAt) return;
    await pause(100);
  }
}

/** Until everybody has been told of everything. */
async function settle({ database }: World): Promise<void> {
  for (;;) {
    const waiting = await persist(() =>
      database.query(`select from alert_deliveries where state in ('pending', 'claimed', 'held') limit 1`),
    );
    if (waiting.length === 0) return;
    await pause(100);
  }
}
