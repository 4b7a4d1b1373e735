/** Are rows still there that are older than they are to be kept? */

import { listMonitors } from '../../activities/monitors/store.ts';
import { planRetention } from '../../activities/storage/plan-retention.ts';
import { listPartitionRanges } from '../../activities/storage/retention-store.ts';
import { installation } from '../../core/storage/settings.ts';
import { dayMs, formatDay } from '../../core/window.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

/** Two nights, after which the storage maintenance has tried twice. */
const patienceMs = 2 * dayMs;

export interface Overdue {
  readonly model: string;
  /** The first day that should be gone; undefined where only `because` is known. */
  readonly since: number | undefined;
  readonly because: string | undefined;
}

/** The models with rows that should have gone two nights ago, or that wait for something. */
export async function readOverdue({ database, environment, now }: Sources): Promise<Overdue[]> {
  const { retention: defaults } = environment.configuration;
  const partitions = await listPartitionRanges(database);
  const overdue: Overdue[] = [];
  for (const { monitor } of (await listMonitors(database)).monitors) {
    const { model, ranges, waiting } = await planRetention(database, monitor, {
      defaults,
      asOf: now() - patienceMs,
      partitions,
    });
    if (ranges.length > 0 || waiting !== undefined)
      overdue.push({ model, since: ranges[0]?.start, because: waiting });
  }
  return overdue;
}

export function judgeOverdue(overdue: readonly Overdue[]): Finding {
  if (overdue.length === 0) return { level: 'ok', words: 'no row is older than it is to be kept' };
  const [waiting] = overdue.filter(({ because }) => because !== undefined);
  const ready = overdue.some(({ since, because }) => since !== undefined && because === undefined);
  return {
    level: 'warning',
    words: `${overdue.length === 1 ? 'one model has' : `${overdue.length} models have`} rows that are older than they are to be kept`,
    details: overdue.map(
      ({ model, since, because }) =>
        `${model}: ${[...(since === undefined ? [] : [`from ${formatDay(since)} on`]), ...(because === undefined ? [] : [`waiting: ${because}`])].join(', ')}`,
    ),
    fix: [
      ...(ready
        ? [`tidewatch run storage-maintenance; where it is paused: tidewatch resume ${installation}`]
        : []),
      ...(waiting === undefined
        ? []
        : [
            `tidewatch run drift-detection --model ${waiting.model}, and the same with actuals-backfill and performance-evaluation`,
          ]),
    ].join('; '),
  };
}
