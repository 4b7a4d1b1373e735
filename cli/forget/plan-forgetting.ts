/** What is there of a model, and goes with it. */

import { nearest } from '../nearest.ts';
import {
  countForgotten,
  findForgetting,
  listStoredModels,
  readOwner,
  type Forgetting,
} from '../../activities/storage/forget-store.ts';
import { listForgottenTables } from '../../activities/storage/forgotten-tables.ts';
import type { HeldGroup } from '../../activities/metrics/pushgateway.ts';
import { TidewatchError } from '../../core/errors.ts';
import { shellText } from '../../core/shell-text.ts';
import { installation } from '../../core/storage/settings.ts';
import type { ModelRun, ModelSchedule } from '../../schedules/of-model.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Elsewhere } from './elsewhere.ts';

export interface ForgetPlan {
  readonly model: string;
  /** By table, those that have any. */
  readonly rows: ReadonlyMap<string, number>;
  readonly schedules: readonly ModelSchedule[];
  /** Runs that have not ended, and are in the way. */
  readonly runs: readonly ModelRun[];
  /** Lives of its alerts, which go with these. */
  readonly lives: readonly ModelRun[];
  /** Undefined where no Pushgateway is configured. */
  readonly groups: readonly HeldGroup[] | undefined;
  /** A forgetting that was begun and has not come to its end. */
  readonly begun: Forgetting | undefined;
}

/** Only reads; `onTable` is told which one is counted, as a large one takes a while. */
export async function planForgetting(
  database: Queryable,
  elsewhere: Elsewhere,
  model: string,
  onTable?: (name: string) => void,
): Promise<ForgetPlan> {
  const running = await elsewhere.listRuns();
  return {
    model,
    schedules: await elsewhere.listSchedules(),
    ...splitRuns(running),
    groups: await elsewhere.listGroups(),
    rows: await countForgotten(database, await listForgottenTables(database), model, onTable),
    begun: await findForgetting(database, model),
  };
}

export function splitRuns(running: readonly ModelRun[]): Pick<ForgetPlan, 'runs' | 'lives'> {
  const isLife = ({ type }: ModelRun): boolean => type === 'alertLifecycle';
  return { runs: running.filter((run) => !isLife(run)), lives: running.filter(isLife) };
}

export function isNothing({ rows, schedules, runs, lives, groups = [] }: ForgetPlan): boolean {
  return rows.size + schedules.length + runs.length + lives.length + groups.length === 0;
}

/** @throws TidewatchError `NOT_THE_OWNER` */
export async function requireOwner(database: Queryable): Promise<void> {
  const { owner, user, isOwner } = await readOwner(database);
  if (!isOwner) throw new TidewatchError('NOT_THE_OWNER', { owner, user, what: 'have a model forgotten' });
}

/** No model can be called like the installation. @throws TidewatchError `NOTHING_TO_FORGET` */
export async function refuseUnknown(database: Queryable, model: string): Promise<never> {
  const models = (await listStoredModels(database)).filter((known) => known !== installation);
  const near = nearest(model, models);
  throw new TidewatchError('NOTHING_TO_FORGET', {
    model,
    hint: near === undefined ? '' : `Did you mean "${near}"? `,
    known: models.join(', ') || 'none yet',
  });
}

/** More say no more. */
const mostRuns = 10;

/** What keeps it from being forgotten, and what to do, a line each. */
export function obstaclesOf({
  model,
  schedules,
  runs,
}: Pick<ForgetPlan, 'model' | 'schedules' | 'runs'>): readonly string[] {
  const named = shellText(model);
  const running = schedules.filter(({ paused }) => !paused).map(({ scheduleId }) => scheduleId);
  const more = runs.length - mostRuns;
  return [
    ...(running.length === 0
      ? []
      : [
          `not paused: ${running.join(', ')}; delete its monitor file and run \`tidewatch apply --prune\`, or: tidewatch pause ${named}`,
        ]),
    ...runs.slice(0, mostRuns).map(({ workflowId, type }) => {
      const end =
        type === 'retraining'
          ? `tidewatch retrainings cancel ${named}`
          : `temporal workflow terminate --workflow-id ${shellText(workflowId)}`;
      return `under way: ${workflowId} (${type}); wait for its end, or: ${end}`;
    }),
    ...(more > 0 ? [`under way: ${more} more`] : []),
  ];
}

/** @throws TidewatchError `MODEL_IN_USE` */
export function refuseInUse(plan: Pick<ForgetPlan, 'model' | 'schedules' | 'runs'>): void {
  const obstacles = obstaclesOf(plan);
  if (obstacles.length === 0) return;
  const problems = obstacles.map((line) => `  ${line}`).join('\n');
  throw new TidewatchError('MODEL_IN_USE', { model: plan.model, problems });
}
