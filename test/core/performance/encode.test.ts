import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import { decodeSummary, encodeSummary } from '../../../core/performance/encode.ts';
import { emptySummary, mergeSummaries, type OutcomeSummary } from '../../../core/performance/summary.ts';
import { classificationOf, classificationRow, regressionOf, regressionRow } from './arbitraries.ts';

const invalid = expect.objectContaining({ code: 'INVALID_SUMMARY' });

/** Counts are decoded into arrays of narrow numbers. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (value instanceof Map) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

function expectRoundTrip(summary: OutcomeSummary): void {
  expect(plain(decodeSummary(encodeSummary(summary)))).toEqual(plain(summary));
}

describe('encodeSummary and decodeSummary', () => {
  it('give back every count and sum to the bit', () => {
    fc.assert(
      fc.property(fc.array(regressionRow, { maxLength: 40 }), (rows) => expectRoundTrip(regressionOf(rows))),
    );
    for (const classes of [
      ['no', 'yes'],
      ['__proto__', 'ünseen', 'c'],
    ]) {
      fc.assert(
        fc.property(fc.array(classificationRow(classes), { maxLength: 40 }), (rows) =>
          expectRoundTrip(classificationOf(classes, rows)),
        ),
      );
    }
  });

  it('give back the summary of no outcomes, in few bytes', () => {
    for (const task of ['regression', 'classification'] as const) {
      expectRoundTrip(emptySummary(task));
      expect(encodeSummary(emptySummary(task)).length).toBeLessThan(800);
    }
  });

  it('give back sums that are beyond the range of numbers', () => {
    const row = { isPeak: false, low: 0, high: 1 };
    expectRoundTrip(regressionOf([{ ...row, prediction: 1e200, actual: -1e200 }]));
    expectRoundTrip(
      regressionOf([
        { ...row, prediction: 1e308, actual: 1e308 },
        { ...row, prediction: -1e308, actual: -1e308 },
      ]),
    );
  });

  it('keep counts of any size: of one byte, two, four and more', () => {
    let summary: OutcomeSummary = regressionOf([{ prediction: 1, actual: 2, isPeak: true, low: 0, high: 3 }]);
    for (let rows = 1; rows < 2 ** 40; rows *= 2) {
      expectRoundTrip(summary);
      summary = mergeSummaries([summary, summary]);
    }
    expect(decodeSummary(encodeSummary(summary)).rows).toBe(2 ** 40);
  });

  it('give the same bytes for the same rows', () => {
    const rows = [{ actual: 'no', predicted: 'yes', probabilities: { yes: 0.7 } }];
    const bytes = () => encodeSummary(classificationOf(['no', 'yes'], rows));
    expect(bytes()).toEqual(bytes());
  });

  it('read bytes at any address, as a database gives them', () => {
    const bytes = encodeSummary(emptySummary('regression'));
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(decodeSummary(shifted)).toEqual(decodeSummary(bytes));
  });
});

describe('decodeSummary refuses', () => {
  const bytes = encodeSummary(
    summarizeClassification({
      classes: ['no', 'yes'],
      predictedClasses: ['no', 'yes', 'yes'],
      actualClasses: ['yes', 'yes', 'no'],
      probabilities: [{ yes: 0.1 }, { yes: 0.7 }, null],
    }),
  );

  it('bytes of which one has changed', () => {
    for (let position = 0; position < bytes.length; position += 1) {
      const damaged = bytes.slice();
      damaged[position]! ^= 1 << (position % 8);
      expect(() => decodeSummary(damaged)).toThrow(invalid);
    }
  });

  it('bytes that end early, and none', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSummary(bytes.subarray(0, length))).toThrow(invalid);
    }
  });

  it('a version that it does not know', () => {
    expect(() => decodeSummary(Uint8Array.from(bytes, (byte, i) => (i === 0 ? 9 : byte)))).toThrow(
      'Stored summaries of outcomes cannot be used: their version 9 is not known. Run `tidewatch reprocess` over their hours.',
    );
  });
});
