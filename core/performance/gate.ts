/** Are the actuals of a window enough to judge the model by? */

import type { Verdict } from '../verdict.ts';
import { durationText } from '../degradation/duration-text.ts';
import { durationMs, formatMinute } from '../window.ts';
import { countText, percentText } from './metrics.ts';

export type Gate = 'passed' | 'awaiting-actuals' | 'selective-actuals' | 'too-few-outcomes';

export interface GateSettings {
  readonly minimumOutcomes: number;
  /** Judged from this share of predictions with an actual on ... */
  readonly coverage: number;
  /** ... or from this age of the window on, for example `24h`. */
  readonly age: string;
}

/** A window that was evaluated, but cannot be judged by. */
export interface UnjudgedWindow {
  /** Epoch milliseconds. */
  readonly end: number;
  /** Null: it was evaluated before there was a gate. */
  readonly gate: Gate | null;
  /** Of its verdict. */
  readonly reason: string;
}

/**
 * Why is a window not judged, and until when does it wait for actuals?
 *
 * @param now the wall clock
 * @example
 * const window = { end: parseInstant('2011-05-10T00:00:00Z'), gate: 'awaiting-actuals', reason: '61% of 100 predictions have an actual' };
 * unjudgedText(window, { age: '24h' }, parseInstant('2011-05-10T03:20:00Z'))
 * // 'waits for actuals until 2011-05-11 00:00 UTC: 61% of 100 predictions have an actual'
 */
export function unjudgedText(
  { end, gate, reason }: UnjudgedWindow,
  { age }: Pick<GateSettings, 'age'>,
  now: number,
): string {
  if (gate !== 'awaiting-actuals') return `not judged: ${reason}`;
  const until = end + durationMs(age);
  const minute = `${formatMinute(until)} UTC`;
  return until > now
    ? `waits for actuals until ${minute}: ${reason}`
    : `waited for actuals until ${minute}, the first performance-evaluation for a later time judges it: ${reason}`;
}

/**
 * From which age on is a window judged, whatever its coverage? No later than no more actuals are waited for.
 *
 * @example judgedFromAge({ gate: { age: '24h' }, actualsHorizon: '12h' }) // '12h'
 */
export function judgedFromAge({
  gate,
  actualsHorizon,
}: {
  readonly gate: Pick<GateSettings, 'age'>;
  readonly actualsHorizon: string;
}): string {
  return durationMs(gate.age) <= durationMs(actualsHorizon) ? gate.age : actualsHorizon;
}

/** What is known about the actuals of a window. */
export interface GateFacts {
  readonly outcomes: number;
  /** At least as many as outcomes. */
  readonly predictions: number;
  /** From the end of the window, in milliseconds. */
  readonly ageMs: number;
  /** In words, how rows with actuals differ from those without; absent when they do not, or could not be compared. */
  readonly selective?: string;
}

/**
 * May this window be judged, and if not, why not?
 *
 * A young window with low coverage waits (`awaiting-actuals`): more will come. Otherwise it needs a minimum of outcomes
 * (`too-few-outcomes`), and these must resemble the rows without one (`selective-actuals`). `ok` says that there is enough
 * to judge by, not that the model is good. No predictions count as full coverage.
 *
 * @example
 * const settings = { minimumOutcomes: 10, coverage: 0.8, age: '24h' };
 * judgeGate({ outcomes: 61, predictions: 100, ageMs: 3_600_000 }, settings)
 * // { gate: 'awaiting-actuals', verdict: { level: 'insufficient-data', reason: '61% of 100 predictions have an actual; judged from 80% on, or 24 hours after the end of the window' } }
 */
export function judgeGate(facts: GateFacts, settings: GateSettings): { gate: Gate; verdict: Verdict } {
  const { outcomes, predictions, ageMs, selective } = facts;
  const coverage = predictions === 0 ? 1 : outcomes / predictions;
  const held = (gate: Gate, reason: string): { gate: Gate; verdict: Verdict } => ({
    gate,
    verdict: { level: 'insufficient-data', reason },
  });
  if (coverage < settings.coverage && ageMs < durationMs(settings.age)) {
    const have = `${percentText(coverage)} of ${countText(predictions, 'prediction')} have an actual`;
    const from = `judged from ${percentText(settings.coverage)} on`;
    return held(
      'awaiting-actuals',
      `${have}; ${from}, or ${durationText(settings.age)} after the end of the window`,
    );
  }
  if (outcomes < settings.minimumOutcomes) {
    const needed = `at least ${settings.minimumOutcomes} are needed`;
    return held('too-few-outcomes', `${countText(outcomes, 'outcome')}, ${needed}`);
  }
  if (selective !== undefined) return held('selective-actuals', selective);
  return { gate: 'passed', verdict: { level: 'ok', reason: countText(outcomes, 'outcome') } };
}
