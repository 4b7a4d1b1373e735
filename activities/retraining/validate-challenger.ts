import { blockLengthOf } from '../../core/comparison/blocks.ts';
import type { ValidatedMetrics } from '../../core/degradation/evidence.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import {
  advantageOf,
  gatesOf,
  judgeGates,
  mainMetricOf,
  summarizeGates,
  type GateJudgement,
  type Advantage,
  type Latency,
  type Trial,
} from '../../core/retraining/gates.ts';
import { checkSanity, type SanityCheck } from '../../core/retraining/sanity.ts';
import { validatedMetrics } from '../../core/retraining/validated-metrics.ts';
import { formatWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { readHoldout } from './holdout-outcomes.ts';
import { addLineage, findLineage, type Lineage } from './registry.ts';
import type { RetrainingKey } from './retraining-run.ts';
import { policyOf, requireRetraining } from './retraining-run.ts';
import type { RetrainingRun } from './store.ts';

/** How a challenger was judged; `retraining_runs.comparison` holds it. */
export interface Validation extends Advantage {
  readonly verdict: 'pass' | 'fail';
  readonly reason: string;
  /** Held-out rows that both versions have predicted. */
  readonly rows: number;
  readonly sanity: readonly SanityCheck[];
  /** None where the challenger is not sane. */
  readonly gates: readonly GateJudgement[];
}

/**
 * Is the challenger sane, and does it pass the gates of its monitor on the held-out outcomes? Judged once: a repetition gives
 * what is stored. Moves no stage.
 */
export function createValidateChallenger(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion'>,
): (key: RetrainingKey) => Promise<Validation> {
  return async function validateChallenger({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      const known = await findValidation(connection, run);
      if (known !== undefined) return known;
      const judged = await validate(connection, monitor, run);
      await storeValidation(connection, run, judged, deps.codeVersion);
      return judged.validation;
    });
  };
}

interface Judged {
  readonly validation: Validation;
  /** What the challenger shows on the held-out rows: none where it is not sane. */
  readonly shows: ValidatedMetrics | undefined;
}

async function validate(connection: Queryable, monitor: Monitor, run: RetrainingRun): Promise<Judged> {
  const { model, champion_version: champion, challenger_version: challenger } = run;
  if (challenger === null)
    throw new Error(`retraining ${run.retraining_id} of ${model} has no challenger yet`);
  const holdout = { start: run.holdout_start, end: run.holdout_end };
  if (champion === null) {
    const reason =
      'no version has served in the holdout, so that there is nothing to compare the challenger with';
    return failed({ reason, rows: 0, sanity: [] });
  }
  const training = { start: run.training_start, end: run.training_end };
  const { blocks, challengerHours, facts } = await readHoldout(connection, {
    monitor,
    challenger,
    champion,
    training,
    holdout,
  });
  const lineage = await findLineage(connection, model, challenger);
  const features = stringsOf(lineage['features']);
  const sanity = checkSanity({ ...facts, ...(features && { features }) }, Object.keys(monitor.features));
  const insane = sanity.filter(({ holds }) => holds === 'no').map(({ reason }) => reason);
  const rows = facts.predictedRows;
  if (insane.length > 0) return failed({ reason: insane.join('; '), rows, sanity });
  const policy = policyOf(monitor);
  const trial: Trial = {
    blocks,
    length: blockLengthOf(holdout),
    intervalLevels: monitor.performance.intervalLevels,
    latency: {
      challenger: latencyOf(lineage),
      champion: latencyOf(await findLineage(connection, model, champion)),
    },
  };
  const gates = judgeGates(gatesOf(policy, monitor.task), trial);
  const advantage = advantageOf(mainMetricOf(policy, monitor.task), trial);
  return {
    validation: { ...summarizeGates(gates), rows, ...advantage, sanity, gates },
    shows: validatedMetrics(holdout, challengerHours, monitor.performance.intervalLevels),
  };
}

const unknown: Advantage = { improvement: null, worstSegment: null };

function failed(of: Pick<Validation, 'reason' | 'rows' | 'sanity'>): Judged {
  return { validation: { verdict: 'fail', ...of, ...unknown, gates: [] }, shows: undefined };
}

async function findValidation(connection: Queryable, run: RetrainingRun): Promise<Validation | undefined> {
  const [row] = await connection.query<{ comparison: Validation | null }>(
    `select comparison from retraining_runs where model = $1 and retraining_id = $2`,
    [run.model, run.retraining_id],
  );
  return row?.comparison ?? undefined;
}

/** What the challenger was trained on and judged by, and by which code, goes with its lineage. */
async function storeValidation(
  connection: Queryable,
  run: RetrainingRun,
  { validation, shows }: Judged,
  codeVersion: string,
): Promise<void> {
  const [stored] = await connection.query<{ specification: string | null }>(
    `update retraining_runs set comparison = $3 where model = $1 and retraining_id = $2
     returning specification ->> 'hash' as specification`,
    [run.model, run.retraining_id, JSON.stringify(validation)],
  );
  const { verdict, rows, gates } = validation;
  const holdout = {
    verdict,
    rows,
    gates: gates
      .filter(({ segment }) => segment === '')
      .map(({ gate, holds, challenger, champion, improvement }) => ({
        gate,
        holds,
        challenger,
        champion,
        improvement,
      })),
  };
  await addLineage(connection, run.model, run.challenger_version!, {
    holdout,
    codeVersion,
    ...(shows && { validation: { window: formatWindow(shows.window), metrics: shows.metrics } }),
    ...(typeof stored?.specification === 'string' && { specification: stored.specification }),
  });
}

function latencyOf({ latencyMs }: Lineage): Latency | undefined {
  if (typeof latencyMs !== 'object' || latencyMs === null) return undefined;
  return Object.fromEntries(Object.entries(latencyMs).filter(([, value]) => typeof value === 'number'));
}

function stringsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;
}
