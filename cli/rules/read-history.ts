/** The evidence of past days, as a degradation check of each would have had it. */

import {
  findDrift,
  readsDrift,
  readServedSince,
  readValidated,
  toEvaluation,
} from '../../activities/degradation/evidence.ts';
import { computeWindows } from '../../activities/performance/evaluate-windows.ts';
import { referenceSpan } from '../../core/degradation/baseline.ts';
import type {
  DegradationEvidence,
  EvaluationEvidence,
  EvaluationIndex,
} from '../../core/degradation/evidence.ts';
import { indexEvaluations } from '../../core/degradation/evidence.ts';
import { neededWindows } from '../../core/degradation/needed-windows.ts';
import type { DegradationRule } from '../../core/degradation/rules.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import { dayMs, distinctWindows, durationMs, hourMs, windowKey } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Revision } from './store.ts';
import { findServedHours, listCheckedVersions, listRevisions, listServingVersions } from './store.ts';

export interface HistoryRequest {
  readonly monitor: Monitor;
  /** All that are to be replayed. */
  readonly rules: readonly DegradationRule[];
  /** Midnights; the last is not included. */
  readonly days: readonly number[];
  /** `now`: what is known now; `then`: what was known in the night after each day. */
  readonly known: 'now' | 'then';
  readonly onProgress: (done: number, total: number) => void;
}

export interface History {
  readonly evidence: readonly DegradationEvidence[];
  /** Windows that no run has evaluated, and that were computed for this. */
  readonly computed: number;
}

/** When a degradation check usually runs. */
const usualRunMs = 4 * hourMs;

/** Reads; stores nothing, also of what it has to compute. */
export async function readHistory(connection: Queryable, request: HistoryRequest): Promise<History> {
  const { monitor, rules, days, known } = request;
  const { model } = monitor;
  const horizon = durationMs(monitor.performance.actualsHorizon);
  const reference = referenceSpan(monitor.reference);
  const windows = windowsOf(rules, days, horizon, reference);
  const revisions = await listRevisions(connection, model, windows);
  const computed = known === 'then' ? [] : await computeMissing(connection, request, windows, revisions);
  const indexNow = known === 'now' ? indexOf([...revisions, ...computed]) : undefined;

  const checked = new Map((await listCheckedVersions(connection, model)).map((check) => [check.day, check]));
  const serving = await listServingVersions(connection, model);
  const since = await readServedSince(connection, model);
  const validated = await readValidated(connection, model);
  const drifts = readsDrift(rules);
  const evidence: DegradationEvidence[] = [];
  for (const day of days) {
    const check = checked.get(day);
    const asOf = check?.asOf ?? day + usualRunMs;
    const version = check?.version ?? serving.findLast((served) => served.day < day)?.version ?? null;
    const servedSince = version === null ? undefined : since.get(version);
    const ofVersion = version === null ? undefined : validated.get(version);
    const drift = drifts ? await findDrift(connection, monitor, asOf) : undefined;
    evidence.push({
      day,
      oldest: day - horizon,
      version,
      evaluations: indexNow ?? indexOf(revisions.filter((revision) => revision.asOf <= asOf)),
      ...(servedSince !== undefined && { servedSince }),
      ...(ofVersion && { validated: ofVersion }),
      ...(reference && { reference }),
      ...(drift && { drift }),
    });
  }
  return { evidence, computed: new Set(computed.map(({ window }) => windowKey(window))).size };
}

function windowsOf(
  rules: readonly DegradationRule[],
  days: readonly number[],
  horizon: number,
  reference: ReturnType<typeof referenceSpan>,
): Window[] {
  const [first = 0] = days;
  const windows: Window[] = [];
  for (let day = first - horizon; day <= (days.at(-1) ?? first); day += dayMs) {
    windows.push(...neededWindows(rules, day, reference));
  }
  return distinctWindows(windows);
}

/** The newest revision of each version and window. */
function indexOf(oldestFirst: readonly EvaluationEvidence[]): EvaluationIndex {
  const newest = new Map(
    oldestFirst.map((evaluation) => [`${evaluation.version}/${windowKey(evaluation.window)}`, evaluation]),
  );
  return indexEvaluations([...newest.values()]);
}

async function computeMissing(
  connection: Queryable,
  { monitor, onProgress }: HistoryRequest,
  windows: readonly Window[],
  stored: readonly Revision[],
): Promise<EvaluationEvidence[]> {
  const served = await findServedHours(connection, monitor.model);
  if (served === null) return [];
  const known = new Set(stored.map(({ window }) => windowKey(window)));
  const missing = windows.filter(
    (window) => !known.has(windowKey(window)) && window.end > served.first && window.start <= served.last,
  );
  const computed: EvaluationEvidence[] = [];
  let done = 0;
  // All of it is long past: the gate waits for nothing.
  const run = { monitor, now: served.last + durationMs(monitor.performance.actualsHorizon) + dayMs };
  await computeWindows(connection, run, missing, (window, evaluations) => {
    done += 1;
    onProgress(done, missing.length);
    for (const {
      version,
      verdict,
      reason,
      metrics,
      intervals,
      details,
      sampleSize,
      coverage,
    } of evaluations) {
      computed.push(
        toEvaluation({
          version,
          window_start: window.start,
          window_end: window.end,
          revision: 1,
          state: 'provisional',
          verdict,
          reason,
          metrics,
          intervals,
          details: details as { readonly notComputable?: Readonly<Record<string, string>> },
          sample_size: sampleSize,
          coverage,
        }),
      );
    }
  });
  return computed;
}
