/** How a watched model stands, from what is stored. */

import type { AlertView } from '../../core/alert/stored-alert.ts';
import { readChecks, type Restatement } from '../../activities/degradation/store.ts';
import { findServingVersion } from '../../activities/retraining/stages.ts';
import type { DegradationFinding } from '../../core/degradation/judgement.ts';
import { speakingMetric } from '../../core/degradation/speaking-metric.ts';
import { isColumnEnabled } from '../../core/monitor/enabled-column.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { judgedFromAge } from '../../core/performance/gate.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import type { CommandPause, LivePauses } from '../../core/process/pauses.ts';
import type { Headline } from '../../core/degradation/headline.ts';
import type { Level, Verdict } from '../../core/verdict.ts';
import { durationMs, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { readArrived, type ArrivedRows } from '../../sql/read-arrived.ts';
import type { Standing } from '../../sql/read-headlines.ts';
import { findQualityTroubleSince, findTroubleSince } from '../../sql/read-trouble.ts';
import { findWaitingWindow, type WaitingWindow } from '../../sql/read-waiting-window.ts';
import { findPause } from '../../sql/read-pause.ts';
import type { Finding, StoredEstimate, StoredPerformance } from './store.ts';
import {
  findNewestEstimate,
  findNewestPerformance,
  findPromotion,
  findRuleFiringSince,
  listOpenAlerts,
  readColumnFindings,
  readFailedChecks,
} from './store.ts';

export interface RuleStatus extends DegradationFinding {
  /** The first day, in epoch milliseconds, since which it has fired whenever it was judged. */
  readonly firingSince?: number;
}

export interface ModelStatus {
  readonly model: string;
  /** The worst of what a person must look at. */
  readonly headline: Headline;
  /** Of the newest degradation check. */
  readonly verdict: Level;
  readonly reason: string;
  /** The UTC midnight that the newest degradation check speaks for. */
  readonly checked?: number;
  /** Since which day it has been degraded, if it is. */
  readonly degradedSince?: number;
  readonly champion: { readonly version: string; readonly since?: number } | null;
  /** Which metric speaks for the model: that of its first rule about one. */
  readonly metric: MetricName;
  /** The newest that can be judged by; where there is none, the newest. */
  readonly performance: StoredPerformance | null;
  /** A newer window, which cannot be judged yet; with the age from which on it is, whatever its coverage. */
  readonly waiting: (WaitingWindow & { readonly age: string }) | null;
  /** Until when actuals may still change the numbers of `performance`; absent where they are final. */
  readonly changesUntil?: number;
  /** Of the same metric, without actuals. */
  readonly estimate: StoredEstimate | null;
  readonly drift:
    | (Verdict & {
        readonly window: Window;
        readonly columns: NonNullable<Standing['drift']>['columns'];
        readonly quality: Verdict | null;
        /** Since which day the data have been in trouble, if they are. */
        readonly qualitySince?: number;
        /** Columns and checks that are not all right or could not be judged, the worst first. */
        readonly findings: { readonly columns: readonly Finding[]; readonly checks: readonly Finding[] };
      })
    | null;
  /** What there is to be judged. */
  readonly arrived: ArrivedRows;
  readonly alerts: readonly AlertView[];
  readonly rules: readonly RuleStatus[];
  readonly restatements: readonly Restatement[];
  /** Absent where its schedules were not paused by command. */
  readonly pause?: CommandPause;
  /** Whoever has paused them. */
  readonly schedules: LivePauses;
}

/**
 * Everything at one instant; reads only.
 *
 * @param known what was read of all models at once: its standing, and what Temporal says of its schedules
 */
export async function readStatus(
  connection: Queryable,
  monitor: Monitor,
  { standing, schedules }: { readonly standing: Standing; readonly schedules: LivePauses },
): Promise<ModelStatus> {
  const { model } = monitor;
  const now = Date.now();
  const version = await findServingVersion(connection, model, { asOf: now, before: now });
  const [check] = await readChecks(connection, model, { newest: 1 });
  const { metric, over } = speakingMetric(monitor);
  const pause = await findPause(connection, model);
  const promoted = version === null ? undefined : await findPromotion(connection, model, version);
  const isTrouble = check !== undefined && ['warning', 'critical'].includes(check.verdict.level);
  const since = isTrouble ? await findTroubleSince(connection, model, check.windowEnd) : undefined;
  const measure = version === null ? null : { model, version, metric, over };
  const waiting = await findWaitingWindow(connection, model, over);
  const performance = measure && (await findNewestPerformance(connection, measure));
  return {
    model,
    headline: standing.headline,
    verdict: check?.verdict.level ?? 'insufficient-data',
    reason: check?.verdict.reason ?? 'there is no degradation check yet',
    ...(check && { checked: check.windowEnd }),
    ...(since !== undefined && { degradedSince: since }),
    champion: version === null ? null : { version, ...(promoted !== undefined && { since: promoted }) },
    metric,
    performance,
    ...(performance?.state === 'provisional' && {
      changesUntil: performance.window.end + durationMs(monitor.performance.actualsHorizon),
    }),
    waiting: waiting && { ...waiting, age: judgedFromAge(monitor.performance) },
    estimate: measure && (await findNewestEstimate(connection, measure)),
    drift: await readDrift(connection, monitor, standing),
    arrived: await readArrived(connection, model),
    alerts: await listOpenAlerts(connection, model),
    rules:
      check === undefined ? [] : await withSince(connection, model, check.windowEnd, check.verdict.findings),
    restatements: check?.restatements ?? [],
    ...(pause && { pause }),
    schedules,
  };
}

async function readDrift(
  connection: Queryable,
  monitor: Monitor,
  { drift, window }: Standing,
): Promise<ModelStatus['drift']> {
  if (drift === null || window === null) return null;
  const { dataset, columns, quality } = drift;
  const isTrouble = quality !== null && ['warning', 'critical'].includes(quality.level);
  const since = isTrouble ? await findQualityTroubleSince(connection, monitor.model, window) : undefined;
  const findings = {
    columns: (await readColumnFindings(connection, monitor.model, window)).filter(({ name }) =>
      isColumnEnabled(monitor, name),
    ),
    checks: isTrouble ? await readFailedChecks(connection, monitor, window) : [],
  };
  return {
    ...dataset,
    window,
    columns,
    quality,
    ...(since !== undefined && { qualitySince: since }),
    findings,
  };
}

async function withSince(
  connection: Queryable,
  model: string,
  day: number,
  findings: readonly DegradationFinding[],
): Promise<RuleStatus[]> {
  const rules: RuleStatus[] = [];
  for (const finding of findings) {
    const fires = finding.level === 'warning' || finding.level === 'critical';
    const since = fires ? await findRuleFiringSince(connection, model, finding.rule, day) : undefined;
    rules.push({ ...finding, ...(since !== undefined && { firingSince: since }) });
  }
  return rules;
}
