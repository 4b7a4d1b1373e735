/** Tells people who may have relied on a verdict that it is another one now. */

import type { RestatedNews } from '../../core/degradation/restated-news.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import { announceAlert } from './store.ts';

/** Records the messages in the transaction that stores the new verdicts: who finds them stored has nothing to tell. */
export async function announceRestated(
  connection: Queryable,
  { model, alerts }: Monitor,
  news: readonly RestatedNews[],
  { asOf, provenance }: { readonly asOf: number; readonly provenance: Provenance },
): Promise<void> {
  for (const { day, summary, facts } of news) {
    await announceAlert(connection, {
      model,
      kind: 'restated',
      subject: day,
      event: 'restated',
      severity: 'info',
      summary,
      facts,
      asOf,
      alerts,
      provenance,
    });
  }
}
