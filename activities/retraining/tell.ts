/** What people are told of a retraining on its way. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Severity } from '../../core/alert/alert.ts';
import type { Queryable } from '../../sql/database.ts';
import { tellOfAlert } from '../alerts/store.ts';
import { alertOf } from './retraining-run.ts';
import type { RetrainingRun } from './store.ts';

interface News {
  readonly event: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly asOf: number;
}

/** Tells people of a step, in the transaction that takes it; the alert stays open until the retraining has ended. */
export async function tellOfStep(
  connection: Queryable,
  monitor: Monitor,
  run: RetrainingRun,
  provenance: { readonly workflowId: string; readonly runId: string },
  news: News,
): Promise<void> {
  await tellOfAlert(connection, { ...alertOf(monitor, run, provenance), ...news });
}
