import { describe, expect, it } from 'vitest';

import { rowKey } from '../../../core/source/row-key.ts';

const row = { eventTime: 1_767_225_600_000, issuedAt: 1_767_222_000_000, entity: 'house-42', version: '7' };

describe('rowKey', () => {
  // Keys are stored: another number for the same row would lose its features.
  it('never changes', () => {
    expect(rowKey({ eventTime: 0, issuedAt: 0, entity: '42', version: '1' })).toBe(2_294_555_863_089_809);
  });

  it('differs where any part of the key does, and where text moves from one part to the other', () => {
    const keys = [
      row,
      { ...row, eventTime: row.eventTime + 1 },
      { ...row, issuedAt: row.issuedAt + 1 },
      { ...row, entity: 'house-43' },
      { ...row, version: '8' },
      { ...row, entity: 'house-427', version: '' },
      { ...row, eventTime: row.issuedAt, issuedAt: row.eventTime },
      { ...row, eventTime: row.eventTime - 2 ** 41 },
    ].map(rowKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.every((key) => Number.isSafeInteger(key) && key >= 0)).toBe(true);
  });

  it('tells a hundred thousand rows of an instant apart', () => {
    const keys = new Set<number>();
    for (let i = 0; i < 100_000; i += 1) keys.add(rowKey({ ...row, entity: `é${i}` }));
    expect(keys.size).toBe(100_000);
  });
});
