/** What is said of a retraining, in the terminal and on pages. */

import { describeMetric, type ComparedMetric } from '../comparison/compare-losses.ts';
import { formatShare, formatSignificant } from '../number-text.ts';
import { formatDay, formatMinute, parseInstant } from '../window.ts';
import type { RetrainingView } from './change.ts';
import type { Payback } from './payback.ts';
import type { Helped, RetrainingStateName } from './states.ts';
import type { StoredLook } from './stored-run.ts';

/** What a retraining has gained so far; null while nobody knows. */
export interface Gained {
  readonly verification:
    | (Pick<StoredLook, 'metric' | 'gain' | 'relativeGain'> & { readonly payback?: Payback })
    | null;
}

/**
 * Which version serves, and since when?
 *
 * @param since its promotion, in epoch milliseconds; absent where none is known of
 * @example [championText({ version: '2', since: 0 }), championText({ version: '1' })]
 * // ['2, since 1970-01-01', '1, which serves; no promotion is known of']
 */
export function championText({
  version,
  since,
}: {
  readonly version: string;
  readonly since?: number | undefined;
}): string {
  return since === undefined
    ? `${version}, which serves; no promotion is known of`
    : `${version}, since ${formatDay(since)}`;
}

/**
 * How far is a retraining, in a few words?
 *
 * @example stateText({ state: 'verifying', waitsUntil: '2011-05-04T00:00:00Z' }) // 'verifying until 2011-05-04 00:00'
 */
export function stateText({
  state,
  waitsUntil,
}: {
  readonly state: RetrainingStateName;
  readonly waitsUntil: string | null;
}): string {
  return waitsUntil === null ? state : `${state} until ${formatMinute(parseInstant(waitsUntil))}`;
}

/**
 * How is a training getting on, as far as its trainer says?
 *
 * @example trainingText({ progress: 0.4, message: 'epoch 4 of 10' }) // '40% epoch 4 of 10'
 */
export function trainingText({
  progress,
  message,
}: {
  readonly progress?: number | undefined;
  readonly message?: string | undefined;
}): string {
  const share = progress === undefined ? undefined : `${Math.round(progress * 100)}%`;
  return [share, message].filter((part) => part !== undefined && part !== '').join(' ') || 'at work';
}

/**
 * Has a retraining helped, in a word? Empty where nothing was promoted, or it went back before anybody could know.
 *
 * @example
 * [helpedText({ helped: null, state: 'verifying' }), helpedText({ helped: 'yes', state: 'kept' })] // ['not known yet', 'yes']
 */
export function helpedText({
  helped,
  state,
}: {
  readonly helped: Helped | null;
  readonly state: RetrainingStateName;
}): string {
  return helped ?? (state === 'verifying' ? 'not known yet' : '');
}

/**
 * What has a retraining gained, with its interval? Empty while nobody knows.
 *
 * @example
 * const gain = { value: 60, low: 55, high: 65 };
 * gainText({ verification: { metric: 'rmse', gain, relativeGain: 0.46 } }) // 'RMSE better by 60 (55 to 65), 46%'
 */
export function gainText({ verification }: Gained): string {
  if (verification === null || 'notComputable' in verification.gain) return '';
  const { metric, gain, relativeGain } = verification;
  const { label } = describeMetric(metric as ComparedMetric);
  const share = relativeGain === null ? '' : `, ${formatShare(Math.abs(relativeGain))}`;
  const [value, ...bounds] =
    gain.value < 0 ? [-gain.value, -gain.high, -gain.low] : [gain.value, gain.low, gain.high];
  const interval = bounds.map((bound) => formatSignificant(bound)).join(' to ');
  return `${label} ${gain.value < 0 ? 'worse' : 'better'} by ${formatSignificant(value)} (${interval})${share}`;
}

/**
 * After how many days has a retraining paid? Empty while nobody knows.
 *
 * @example
 * const payback = { worthPerDay: { value: 24 }, days: { value: 5 } };
 * daysText({ verification: { metric: 'rmse', gain: { value: 4, low: 2, high: 6 }, relativeGain: null, payback } }) // '5'
 */
export function daysText({ verification }: Gained): string {
  const days = verification?.payback?.days;
  return days !== undefined && 'value' in days ? formatSignificant(days.value) : '';
}

/**
 * What is a person told whose word was carried out, or whom another has been quicker than with the same?
 *
 * @example changeText({ state: 'awaiting-approval', decision: 'approved', by: 'anna' }) // 'approved by anna, awaiting-approval'
 */
export function changeText({
  state,
  waitsUntil,
  decision,
  by,
}: Pick<RetrainingView, 'state' | 'waitsUntil' | 'decision' | 'by'>): string {
  const decided = decision === undefined ? '' : `${decision} by ${by}, `;
  return decided + stateText({ state, waitsUntil: waitsUntil ?? null });
}
