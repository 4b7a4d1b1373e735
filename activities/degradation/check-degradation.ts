import type { PageLink } from '../../core/alert/alert.ts';
import { degradationFacts } from '../../core/degradation/facts.ts';
import { verdictNews } from '../../core/degradation/restated-news.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { RetrainingDecision } from '../../core/retraining/policy.ts';
import type { Level } from '../../core/verdict.ts';
import { floorToDay, formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { announceRestated } from '../alerts/announce-restated.ts';
import { listPendingAlerts, openAlert, resolveAlert } from '../alerts/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { monitorRun } from '../processes/monitor-run.ts';
import type { Provenance } from '../processes/provenance.ts';
import { advanceWatermark, makesUpThePast } from '../processes/watermarks.ts';
import { findNewestReport, reportPath } from '../reports/store.ts';
import { decideToRetrain } from '../retraining/decide.ts';
import { findRunningRetraining } from '../retraining/store.ts';
import { judgeDays } from './judge-days.ts';
import type { DegradationCheck } from './store.ts';
import { findServingVersion } from '../retraining/stages.ts';
import { firedLast, storeCheck } from './store.ts';

export interface CheckDegradationInput {
  readonly model: string;
  readonly asOf: string;
  /** Alert and retrain even when the run makes up the past. */
  readonly act: boolean;
}

export interface CheckDegradationResult {
  readonly verdict: Level;
  readonly reason: string;
  readonly version: string | null;
  readonly retraining: RetrainingDecision;
  /** The retraining of the model that waits for days to pass. */
  readonly underWay?: { readonly model: string; readonly retrainingId: string; readonly workflowId: string };
  /** The model's alerts with messages still to be delivered, also by an earlier run that died before it woke them. */
  readonly pendingAlerts: readonly string[];
}

/**
 * Judges by the monitor's rules, and again the days before whose numbers were restated; opens or resolves the degradation
 * alert, which follows the newest day that could be judged; tells of verdicts that were restated where that alert does not; and decides
 * about a retraining.
 */
export function createCheckDegradation(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: CheckDegradationInput) => Promise<CheckDegradationResult> {
  return async function checkDegradation(input) {
    const { model } = input;
    const { monitor, asOf, provenance } = await monitorRun(deps, input);
    const windowEnd = floorToDay(asOf);

    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `degradation:${model}`);
      const past = await makesUpThePast(connection, { model, process: 'degradation-check', asOf });
      const acts = input.act || !past;
      const version = await findServingVersion(connection, model, { asOf, before: windowEnd });
      const { today, earlier, restated, flips } = await judgeDays(connection, monitor, asOf, version);
      for (const check of [today, ...earlier]) await storeCheck(connection, { ...check, model, provenance });
      await advanceWatermark(connection, { model, process: 'degradation-check', asOf, windowEnd });
      if (acts) {
        const told = await followAlert(connection, monitor, [today, ...earlier], { restated, provenance });
        if (told === null)
          await announceRestated(connection, monitor, flips.toReversed().map(verdictNews), {
            asOf,
            provenance,
          });
      }
      const { level, reason } = today.verdict;
      const retraining: RetrainingDecision = acts
        ? await decideToRetrain(connection, monitor, asOf)
        : { decision: 'wait', reason: 'this run makes up the past; give "act": true to let it act' };
      return {
        verdict: level,
        reason: joined(reason, restated),
        version,
        retraining,
        ...(await retrainingUnderWay(connection, model)),
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}

async function retrainingUnderWay(
  connection: Queryable,
  model: string,
): Promise<Pick<CheckDegradationResult, 'underWay'>> {
  const run = await findRunningRetraining(connection, model);
  if (run === undefined) return {};
  return { underWay: { model, retrainingId: run.retraining_id, workflowId: run.workflow_id } };
}

interface Telling {
  readonly restated: string;
  readonly provenance: Provenance;
}

/**
 * Opens, escalates or resolves the alert by the newest of these days that could be judged. A day before today speaks for itself, and so
 * changes nothing that is known since, unless its verdict was restated now; what a version was that serves no more is no trouble now.
 * Gives the key of the alert when people are told of that, and so of what was restated.
 */
async function followAlert(
  connection: Queryable,
  { model, alerts }: Monitor,
  newestFirst: readonly DegradationCheck[],
  { restated, provenance }: Telling,
): Promise<string | null> {
  const [today] = newestFirst;
  const newest = newestFirst.find(({ verdict }) => verdict.level !== 'insufficient-data');
  if (today === undefined || newest === undefined) return null;
  const { level, reason, findings } = newest.verdict;
  const isTrouble = level === 'critical' || level === 'warning';
  if (isTrouble && newest.version !== today.version) return null;
  const now = formatInstant(today.windowEnd);
  const asOf = newest.restatements.some(({ by }) => by === now) ? today.asOf : newest.asOf;
  const alert = {
    model,
    kind: 'degradation',
    subject: 'performance',
    asOf,
    alerts,
    provenance,
    facts: degradationFacts(newest.version, findings),
    summary: joined(reason, restated),
    links: await reportLinks(connection, model, today.windowEnd),
  } as const;
  if (isTrouble) return openAlert(connection, { ...alert, severity: level });
  return (await leavesOpen(connection, model, newest)) ? null : resolveAlert(connection, alert);
}

/** Where people see more than a number: errors over time, by segment and by feature. */
async function reportLinks(connection: Queryable, model: string, until: number): Promise<PageLink[]> {
  const report = await findNewestReport(connection, { kind: 'performance', model }, until);
  return report === undefined
    ? []
    : [{ label: 'Open the newest performance report', path: reportPath(report) }];
}

/**
 * Is a rule that fired when it was last judged not judged now, or still beyond its limit, only not surely? Then nobody knows
 * that all is well: after a promotion, for one, the new champion has not served for long enough.
 */
async function leavesOpen(
  connection: Queryable,
  model: string,
  { verdict, windowEnd }: DegradationCheck,
): Promise<boolean> {
  for (const { rule, level, unsure } of verdict.findings) {
    const isOpen = level === 'insufficient-data' || unsure === true;
    if (isOpen && (await firedLast(connection, model, rule, windowEnd))) return true;
  }
  return false;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}
