import { describe, expect, it } from 'vitest';

import { nearestColumn, unknownColumn } from '../../cli/unknown-column.ts';

describe('unknownColumn', () => {
  it('names the columns there are, and the nearest', () => {
    expect(unknownColumn('a.csv', 'tmp', ['hum', 'temp']).message).toBe(
      'a.csv has no column "tmp". Its columns: hum, temp; the nearest is "temp".',
    );
  });

  it('suggests nothing where nothing is near', () => {
    expect(unknownColumn('a.csv', 'weekday', ['hum', 'temp']).message).toBe(
      'a.csv has no column "weekday". Its columns: hum, temp.',
    );
  });

  it('suggests the only column that has the text as a word', () => {
    expect(nearestColumn('station', ['start of hour', 'station name'])).toBe('station name');
    expect(nearestColumn('Station', ['station name', 'station city'])).toBeUndefined();
    expect(nearestColumn('stat', ['station name'])).toBeUndefined();
  });

  it('lists the first 20 of many', () => {
    const many = Array.from({ length: 50 }, (_, i) => `feature_${i}`);
    expect(unknownColumn('a.csv', 'x', many).message).toMatch(/feature_19, and 30 more\.$/);
  });
});
