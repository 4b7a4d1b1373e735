/** What the Temporal UI says of a run that no schedule starts: what it is about, and why it is there. */

import type { WindowText } from '../window.ts';
import { windowText } from '../window-text.ts';

/** Markdown, both. */
export interface RunWords {
  readonly staticSummary: string;
  readonly staticDetails: string;
}

/** In bytes. The server refuses a start with a summary above 400, or details above 20,000. */
const longestSummary = 300;
const longestDetails = 5_000;

/**
 * Of a retraining.
 *
 * @param reason why it was started
 * @example retrainingWords({ model: 'bike-demand', reason: 'RMSE 82 is above 70' }).staticSummary
 * // 'bike-demand: Is a newly trained version better, and does it stay so?'
 */
export function retrainingWords({
  model,
  reason,
}: {
  readonly model: string;
  readonly reason: string;
}): RunWords {
  return words(
    `${model}: Is a newly trained version better, and does it stay so?`,
    `Started because: ${reason}. Updates: approve, reject, cancel, extend; the query progress says how far it is.`,
  );
}

/**
 * Of a reprocessing.
 *
 * @example
 * const window = { start: '2011-05-01T00:00:00Z', end: '2011-05-08T00:00:00Z' };
 * reprocessingWords({ model: 'bike-demand', window }).staticSummary // 'bike-demand: Computes 2011-05-01 to 2011-05-07 again'
 */
export function reprocessingWords({
  model,
  window,
}: {
  readonly model: string;
  readonly window: WindowText;
}): RunWords {
  return words(
    `${model}: Computes ${windowText(window)} again`,
    'Attaches the actuals of this range, and evaluates its stored windows again, final ones too; drift stays as it was. The query progress says how far it is.',
  );
}

/**
 * Of the life of an alert.
 *
 * @example alertWords({ model: 'bike-demand', alertKey: 'drift:bike-demand:hum' }).staticSummary
 * // 'bike-demand: Tells people of drift:bike-demand:hum until it is over'
 */
export function alertWords({
  model,
  alertKey,
}: {
  readonly model: string;
  readonly alertKey: string;
}): RunWords {
  return words(
    `${model}: Tells people of ${alertKey} until it is over`,
    'Updates: acknowledge, snooze, resolve, comment; the query alert says how it stands.',
  );
}

function words(summary: string, details: string): RunWords {
  return { staticSummary: cut(summary, longestSummary), staticDetails: cut(details, longestDetails) };
}

/** Cut between characters, in bytes of JSON, as the server counts: a name may be long, or of another script. */
function cut(text: string, mostBytes: number): string {
  const characters = Array.from(text);
  let bytes = 0;
  const end = characters.findIndex((character) => (bytes += bytesOf(character)) > mostBytes - 3);
  return end < 0 ? text : `${characters.slice(0, end).join('')}…`;
}

function bytesOf(character: string): number {
  const code = character.codePointAt(0)!;
  return code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
}
