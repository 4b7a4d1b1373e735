import { describe, expect, it } from 'vitest';

import { calibrateColumn, learnFromWindows } from '../../../core/calibration/calibration.ts';
import { designEffect } from '../../../core/calibration/effective-size.ts';
import { comparePastWindows } from '../../../core/calibration/past-windows.ts';
import { earlierWindows } from '../../../core/reference/windows.ts';
import { dayMs, hourMs, weekMs } from '../../../core/window.ts';
import { autoregressive, hoursOf } from './made-hours.ts';

const dayCount = 120;
const { grid, hours } = hoursOf(autoregressive(dayCount * 24 * 4, 0.8), 4);
const phase = 6 * hourMs;
const end = (dayCount - 1) * dayMs + phase;
const span = { start: 0, end: 20 * dayMs };
const ofReference = hours.filter(({ start }) => start < span.end);
const settings = { grid, method: 'wasserstein', windowLength: 6 * hourMs, end } as const;
const reference = { windows: [span], hours: ofReference };
const all = comparePastWindows({ ...settings, reference, hours });

describe('comparePastWindows', () => {
  it('tells of a window the same from its own hours and those before it as from all', () => {
    for (const past of [10 * dayMs + phase, 30 * dayMs + phase, end]) {
      const window = { start: past - settings.windowLength, end: past };
      const needed = [window, ...earlierWindows(window, 8)];
      const few = hours.filter(({ start }) => needed.some((read) => start >= read.start && start < read.end));
      const { windows } = comparePastWindows({ ...settings, reference, hours: few }, [past]);
      const whole = all.windows.find((one) => one.end === past)!;
      expect(windows).toEqual([
        {
          ...whole,
          fromReference: whole.fromReference === null ? null : expect.closeTo(whole.fromReference, 12),
          fromRecent: whole.fromRecent.map((one) => (one === null ? null : expect.closeTo(one, 12))),
        },
      ]);
    }
  });

  it('compares with the reference only windows in it, and with windows before only where there are hours of these', () => {
    const found = (days: number) => all.windows.find((one) => one.end === days * dayMs + phase)!;
    expect(found(3).fromReference).toBeGreaterThan(0);
    expect(found(20).fromReference).toBeNull();
    expect(found(8).fromRecent.map((one) => one !== null)).toEqual([true, false, false, false]);
    expect(found(55).fromRecent.map((one) => one !== null)).toEqual([true, true, true, false]);
    expect(found(56).fromRecent.every((one) => one !== null)).toBe(true);
  });

  it('compares with its own weeks where the reference is seasonal', () => {
    const { windows } = comparePastWindows({ ...settings, reference: { weeks: 2 }, hours });
    for (const { end: past, fromReference, fromRecent } of windows) {
      expect(fromReference !== null).toBe(past - 2 * weekMs - settings.windowLength >= 0);
      if (fromReference !== null) expect(fromReference).toBe(fromRecent[1]);
    }
  });

  it('knows nothing of a window without hours', () => {
    const { windows } = comparePastWindows({ ...settings, reference, hours: [] }, [end]);
    expect(windows).toEqual([{ end, count: 0, fromReference: null, fromRecent: [null, null, null, null] }]);
  });
});

describe('learnFromWindows', () => {
  const learn = (windows: typeof all.windows) =>
    learnFromWindows({
      ...settings,
      past: { since: all.since, windows },
      designEffect: designEffect(grid, ofReference),
    });

  it('learns from what is known of windows what is learned from all hours', () => {
    expect(learn(JSON.parse(JSON.stringify(all.windows)) as typeof all.windows)).toEqual(
      calibrateColumn({ ...settings, reference: [span], hours }),
    );
  });

  it('does not take days for neighbours that have others between them', () => {
    const without = all.windows.filter((_, day) => day % 3 !== 0);
    const unknown = all.windows.map((window, day) =>
      day % 3 === 0 ? { ...window, fromReference: null, fromRecent: [null, null, null, null] } : window,
    );
    const { reference: gaps } = learn(without);
    const { reference: told } = learn(unknown);
    expect(gaps).toEqual(told);
  });
});
