/** Tells people of what a run has found in a window, with its report. */

import type { AlertKind, Fact } from '../../core/alert/alert.ts';
import { readSubject, subjectOf } from '../../core/alert/subject.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Verdict } from '../../core/verdict.ts';
import { dayMs, formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import { reportPath } from '../reports/store.ts';
import { listOpenAlerts, observeAlerts, type AlertObservation } from './store.ts';

/** The run that verdicts come from. */
export interface ReportedRun {
  /** Does it look at the last 24 hours, beside the current window of the monitor? */
  readonly isOfLastDay: boolean;
  readonly window: Window;
  readonly asOf: number;
  readonly provenance: Pick<Provenance, 'workflowId' | 'runId'>;
}

export interface ReportedVerdict {
  readonly kind: AlertKind;
  /** Of a column, a stream, or a dataset. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly facts: readonly Fact[];
  /** Where in the report it stands. */
  readonly anchor?: string;
  /** The instant that it speaks for; by default that of the run. */
  readonly asOf?: number;
}

/** Why an open alert can be about nothing any more; undefined where it still is about something, judged or not. */
export type GoneBecause = (kind: AlertKind, name: string) => string | undefined;

/** Nobody looks at the last 24 hours any more when their alert was not observed for so long. */
const lastDayIsLeftMs = 2 * dayMs;

/**
 * Opens or escalates the alerts of what is a warning or critical, and resolves those of what is fine. What could not be
 * judged leaves its alert as it is. An open alert of the given kinds that no verdict is about is ended where there is
 * nothing left that it could be about. A few statements, however many verdicts; two runs of a model must not report at once.
 */
export async function reportVerdicts(
  connection: Queryable,
  { model, alerts }: Monitor,
  run: ReportedRun,
  kinds: readonly AlertKind[],
  verdicts: readonly ReportedVerdict[],
  goneBecause: GoneBecause,
): Promise<void> {
  const { isOfLastDay, window, asOf, provenance } = run;
  const path = reportPath({ kind: 'drift', model, window });
  const link = (anchor?: string) => ({
    label: 'Open the drift report',
    path: anchor === undefined ? path : `${path}#${anchor}`,
  });
  const observed = verdicts.flatMap(({ kind, name, verdict, ...one }): AlertObservation[] => {
    if (verdict.level === 'insufficient-data') return [];
    return [
      {
        kind,
        // A stream is late at an instant, whatever window the run looks at.
        subject: subjectOf({ name, isOfLastDay: isOfLastDay && kind !== 'freshness' }),
        level: verdict.level,
        asOf: one.asOf ?? asOf,
        // The title names it.
        summary: verdict.reason.startsWith(`${name}: `)
          ? verdict.reason.slice(name.length + 2)
          : verdict.reason,
        facts: one.facts,
        links: [link(one.anchor)],
      },
    ];
  });
  const judged = new Set(verdicts.map(({ kind, name }) => `${kind} ${name}`));
  const gone = (await listOpenAlerts(connection, model, kinds)).flatMap(
    ({ kind, subject, observedAsOf }): AlertObservation[] => {
      const { name, ...about } = readSubject(subject);
      const isLeft = about.isOfLastDay && !isOfLastDay && observedAsOf < asOf - lastDayIsLeftMs;
      if (about.isOfLastDay !== isOfLastDay && !isLeft) return [];
      if (!isLeft && judged.has(`${kind} ${name}`)) return [];
      const summary = isLeft
        ? `no run has looked at the last 24 hours since ${formatInstant(observedAsOf)}`
        : goneBecause(kind, name);
      return summary === undefined
        ? []
        : [{ kind, subject, level: 'ok', as: 'gone', asOf, summary, facts: [], links: [link()] }];
    },
  );
  await observeAlerts(connection, { model, alerts, provenance }, [...observed, ...gone]);
}
