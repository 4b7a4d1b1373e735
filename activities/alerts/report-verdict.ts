/** Tells people of a verdict on a window, with its report. */

import type { AlertKind, Fact } from '../../core/alert/alert.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import { reportPath } from '../reports/store.ts';
import { openAlert, resolveAlert } from './store.ts';

/** The run that a verdict comes from. */
export interface ReportedRun {
  readonly subject: string;
  readonly window: Window;
  readonly asOf: number;
  readonly provenance: Pick<Provenance, 'workflowId' | 'runId'>;
}

export interface ReportedVerdict extends ReportedRun {
  readonly kind: AlertKind;
  readonly verdict: Verdict;
  readonly facts: readonly Fact[];
}

/**
 * Opens or escalates the alert of a subject where the verdict is a warning or critical, and resolves it where it is ok. What could
 * not be judged leaves it as it is.
 */
export async function reportVerdict(
  connection: Queryable,
  { model, alerts }: Monitor,
  { kind, subject, verdict, facts, window, asOf, provenance }: ReportedVerdict,
): Promise<void> {
  const alert = {
    model,
    kind,
    subject,
    asOf,
    alerts,
    provenance,
    summary: verdict.reason,
    facts,
    links: [{ label: 'Open the drift report', path: reportPath({ kind: 'drift', model, window }) }],
  } as const;
  if (verdict.level === 'warning' || verdict.level === 'critical') {
    await openAlert(connection, { ...alert, severity: verdict.level });
  } else if (verdict.level === 'ok') {
    await resolveAlert(connection, alert);
  }
}
