/** What a user says of a prediction, as the actual that it stands for. */

import type { ActualRow } from './actual-rows.ts';
import { describe, isRecord, RowProblem } from './row-values.ts';

/**
 * Feedback on one prediction, in one of three ways:
 * - `corrected`: the right class or number. It is the actual.
 * - `thumbs` with the class that was `predicted`: up says that it is the actual; down that the other one of two `classes` is.
 *   Of more than two nobody knows which: ask for `corrected`.
 * - `rating`: a number, for a model that predicts ratings. It is the actual.
 *
 * Answers that have no classes (a text, a list) are a model of their own: it predicts the class `up` for each, feedback is
 * `corrected: 'up'` or `'down'`, and its accuracy is the share of thumbs up.
 */
export type FeedbackRow = {
  readonly entity: string;
  readonly eventTime: Date | string | number;
  /** When it was given: by default now. Of several the newest counts. */
  readonly recordedAt?: Date | string | number;
} & (
  | { readonly corrected: number | string }
  | { readonly thumbs: 'up'; readonly predicted: string }
  | { readonly thumbs: 'down'; readonly predicted: string; readonly classes: readonly [string, string] }
  | { readonly rating: number }
);

/**
 * The actual that feedback stands for.
 *
 * @param now what `recordedAt` is by default, in epoch milliseconds
 * @throws RowProblem when it says nothing that is an actual
 * @example
 * actualOfFeedback({ entity: 'a', eventTime: 0, thumbs: 'down', predicted: 'no', classes: ['no', 'yes'] }, 5)
 * // { entity: 'a', eventTime: 0, value: 'yes', recordedAt: 5 }
 */
export function actualOfFeedback(row: unknown, now: number = Date.now()): ActualRow {
  if (!isRecord(row)) throw new RowProblem(`the row is ${describe(row)}; send an object`);
  // Entity and instants are read with the actual.
  const { entity, eventTime } = row as Pick<ActualRow, 'entity' | 'eventTime'>;
  const recordedAt = (row.recordedAt ?? now) as ActualRow['recordedAt'];
  return { entity, eventTime, value: valueOf(row), recordedAt };
}

const ways = ['corrected', 'thumbs', 'rating'] as const;

function valueOf(row: Readonly<Record<string, unknown>>): number | string {
  const given = ways.filter((way) => row[way] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of them' : given.join(' and ');
    throw new RowProblem(`the feedback has ${found}; send one of corrected, thumbs and rating`);
  }
  // A value of another type is refused with the actual, in its words.
  if (row.corrected !== undefined) return row.corrected as number | string;
  if (row.rating !== undefined) {
    if (typeof row.rating === 'number') return row.rating;
    throw new RowProblem(`rating is ${describe(row.rating)}; send a number`);
  }
  return ofThumbs(row);
}

function ofThumbs({ thumbs, predicted, classes }: Readonly<Record<string, unknown>>): string {
  if (thumbs !== 'up' && thumbs !== 'down')
    throw new RowProblem(`thumbs is ${describe(thumbs)}; send "up" or "down"`);
  if (typeof predicted !== 'string')
    throw new RowProblem(`predicted is ${describe(predicted)}; send the class that the thumbs are about`);
  if (thumbs === 'up') return predicted;
  const others: unknown[] = Array.isArray(classes) ? classes.filter((name) => name !== predicted) : [];
  const [other] = others;
  if (Array.isArray(classes) && classes.length === 2 && others.length === 1 && typeof other === 'string')
    return other;
  throw new RowProblem(
    `thumbs is "down", which says only that ${describe(predicted)} is wrong; send corrected, or the two classes that there are`,
  );
}
