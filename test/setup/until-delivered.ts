import { setTimeout as pause } from 'node:timers/promises';

import type { Database } from '../../sql/database.ts';

/** Until nothing is on its way of all that was recorded for people about a model. */
export async function untilDelivered(database: Database, model: string): Promise<void> {
  for (;;) {
    const waiting = await database.query(
      `select from alert_deliveries where model = $1 and state in ('pending', 'claimed') limit 1`,
      [model],
    );
    if (waiting.length === 0) return;
    await pause(50);
  }
}
