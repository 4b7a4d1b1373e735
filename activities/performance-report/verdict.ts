/** Is the model degraded, and since when? As the degradation checks have said. */

import { driftedSince, type Since } from '../../console/since.ts';
import type { Level, Verdict } from '../../core/verdict.ts';
import { formatDay, formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** Daily checks that are looked back at, to say since when. */
const mostChecks = 120;

export async function loadVerdict(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<{ readonly verdict: Verdict; readonly since?: Since }> {
  const checks = await connection.query<{ windowEnd: number; level: Level; reason: string }>(
    `select window_end as "windowEnd", verdict as level, reason
     from degradation_checks where model = $1 and window_end <= $2
     order by window_end desc limit $3`,
    [model, toTimestamp(end), mostChecks],
  );
  const [newest] = checks;
  if (newest === undefined || newest.windowEnd <= start) {
    return {
      verdict: {
        level: 'insufficient-data',
        reason:
          'no degradation check speaks for a day of this window; start degradationCheck with an asOf after it',
      },
    };
  }
  const since = driftedSince(
    checks.toReversed().map(({ windowEnd, level }) => ({ windowEnd: formatInstant(windowEnd), level })),
  );
  return {
    verdict: {
      level: newest.level,
      reason:
        newest.windowEnd === end ? newest.reason : `${newest.reason}; as of ${formatDay(newest.windowEnd)}`,
    },
    ...(since !== undefined && { since }),
  };
}
