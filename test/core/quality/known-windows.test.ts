import { describe, expect, it } from 'vitest';

import { knownWindows } from '../../../core/quality/known-windows.ts';
import { dayMs, weekMs, type Window } from '../../../core/window.ts';
import { start } from './spans.ts';

const current: Window = { start, end: start + weekMs };
const hours = (windows: readonly Window[]) =>
  windows.reduce((sum, { start, end }) => sum + (end - start) / 3_600_000, 0);

describe('knownWindows', () => {
  it('never holds the window itself, even where it lies in its reference', () => {
    const reference = { kind: 'fixed', start: '2023-12-01', end: '2024-02-01' } as const;
    const known = knownWindows(reference, current, start - 90 * dayMs);
    const all = [...known.reference, ...known.others, ...known.usual];
    expect(all.some((window) => window.start < current.end && current.start < window.end)).toBe(false);
  });

  it('reads 8 weeks hour by hour, however long the reference is', () => {
    const reference = { kind: 'fixed', start: '2023-01-01', end: '2024-01-01' } as const;
    const { usual, earlier } = knownWindows(reference, current, start - 400 * dayMs);
    expect(usual).toEqual([{ start: start - 8 * weekMs, end: start }]);
    expect(earlier).toHaveLength(8);
    expect(earlier[0]).toEqual({ start: start - weekMs, end: start });
  });

  it('knows nothing of the time before the first row', () => {
    const { reference, others, earlier } = knownWindows(
      { kind: 'rolling', length: '30d' },
      current,
      start - 10 * dayMs,
    );
    expect(reference).toEqual([{ start: start - 10 * dayMs, end: start }]);
    expect(others).toEqual([]);
    expect(earlier).toHaveLength(1);
  });

  it('learns from a reference that lies after the window where nothing came before', () => {
    const reference = { kind: 'fixed', start: '2024-02-01', end: '2024-03-01' } as const;
    const { usual, earlier } = knownWindows(reference, current, start);
    expect(hours(usual)).toBe(29 * 24);
    expect(earlier).toEqual([]);
  });

  it('knows nothing with training statistics', () => {
    expect(knownWindows({ kind: 'training-statistics' }, current, start - weekMs)).toEqual({
      reference: [],
      others: [],
      usual: [],
      earlier: [],
    });
  });
});
