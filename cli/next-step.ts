/** The last line of a command that is a step on the way to a watched model: what to type next. */

import { dirname } from 'node:path';

import { nightAfter } from '../core/process/next-steps.ts';
import { shellText } from '../core/shell-text.ts';
import { dayMs, formatInstant } from '../core/window.ts';
import type { Queryable } from '../sql/database.ts';
import type { MonitorChange } from './monitor-plan.ts';

/** Where `apply` looks for monitors unless it is told. */
const defaultMonitors = 'monitors';

const next = (step: string): string => `next: ${step}`;

/** After `init`: the file wants a reader before it is applied. */
export function afterInit(file: string, what: 'monitor' | 'expectations'): string {
  if (what === 'expectations')
    return next(
      `read it, then \`tidewatch compare --reference <file> --current <file> --expectations ${shellText(file)}\``,
    );
  return next(
    `read it, then \`tidewatch migrate\`, and \`${applyCommand({ monitors: dirname(file) })} --plan\``,
  );
}

/** After `migrate`. */
export const afterMigrate = next(
  '`tidewatch apply --plan` shows what your monitors would change, `tidewatch apply` does it',
);

interface ApplyOptions {
  readonly monitors: string;
  readonly prune?: true;
  readonly paused?: true;
}

/** The command of an apply with the options that say what it does. */
export function applyCommand({ monitors, prune, paused }: ApplyOptions): string {
  return [
    'tidewatch apply',
    ...(monitors === defaultMonitors ? [] : [`--monitors ${shellText(monitors)}`]),
    ...(prune ? ['--prune'] : []),
    ...(paused ? ['--paused'] : []),
  ].join(' ');
}

/** After `apply`: a new model needs rows before anything can be judged. */
export async function afterApply(
  connection: Queryable,
  changes: readonly MonitorChange[],
  directory: string,
): Promise<string> {
  const files = changes.filter((change) => 'file' in change);
  if (changes.length === 0) {
    const output = directory === defaultMonitors ? '' : ` --output ${shellText(directory)}/<model>.yaml`;
    return next(`\`tidewatch init <model> --from <file>${output}\` writes a first monitor`);
  }
  for (const change of files) {
    if (change.change !== 'create' || change.monitor.source !== undefined) continue;
    if (!(await hasPredictions(connection, change.model)))
      return next(
        `load rows by \`tidewatch ingest <file> --model ${change.model}\` (init has printed it whole), or have your service log them; then \`tidewatch worker\``,
      );
  }
  return next('`tidewatch worker` where none runs yet; `tidewatch status` says how each model stands');
}

async function hasPredictions(connection: Queryable, model: string): Promise<boolean> {
  const [row] = await connection.query<{ readonly there: boolean }>(
    'select exists (select from predictions where model = $1) as there',
    [model],
  );
  return row?.there === true;
}

/** After `ingest`: rows that are of the past are looked at as of the day after the last of them. */
export async function afterIngest(
  connection: Queryable,
  { model, dryRun }: { readonly model: string; readonly dryRun: boolean },
  now: number,
): Promise<string> {
  if (dryRun) return next('the same without --dry-run');
  const [row] = await connection.query<{ readonly watched: boolean; readonly newest: number | null }>(
    `select exists (select from monitors where model = $1) as watched,
       (select max(event_time) from predictions where model = $1 and role = 'serving') as newest`,
    [model],
  );
  if (row?.watched !== true)
    return next(`\`tidewatch init ${model}\` and \`tidewatch apply\`, as no monitor watches it yet`);
  const asOf = asOfAfter(row.newest, now);
  return next(
    `\`tidewatch worker\` in another terminal where none runs yet, then \`tidewatch run drift-detection --model ${model}${asOf === undefined ? '' : ` --as-of ${asOf}`}\``,
  );
}

/**
 * The night after the newest prediction, as schedules would run; undefined where that night has not come, or where there is none: then a run
 * speaks for now.
 */
function asOfAfter(newest: number | null, now: number): string | undefined {
  if (newest === null) return undefined;
  const night = nightAfter(newest);
  return night < now - dayMs ? formatInstant(night) : undefined;
}
