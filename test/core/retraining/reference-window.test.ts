import { describe, expect, it } from 'vitest';

import { referenceOf } from '../../../core/retraining/reference-window.ts';
import { dayMs, type Window } from '../../../core/window.ts';

const days = (start: number, end: number): Window => ({ start: start * dayMs, end: end * dayMs });

describe('referenceOf', () => {
  it.each([
    ['all of it, where nothing was left out', [], days(0, 10)],
    ['the longest stretch', [days(2, 3)], days(3, 10)],
    ['whole days only', [days(2, 3.5)], days(4, 10)],
    ['of equally long ones the latest', [days(4, 6)], days(6, 10)],
    ['what is between two', [days(0, 2), days(8, 12)], days(2, 8)],
  ])('is %s', (_, leftOut, expected) => {
    expect(referenceOf(days(0, 10), leftOut)).toEqual(expected);
  });

  it.each([
    ['everything was left out', [days(0, 10)]],
    ['no day is whole', [days(0, 4.5), days(5.2, 10)]],
  ])('is nothing where %s', (_, leftOut) => {
    expect(referenceOf(days(0, 10), leftOut)).toBeUndefined();
  });
});
