import { describe, expect, it } from 'vitest';

import { monitorSchema, type MonitorInput } from '../../../core/monitor/schema.ts';
import { windowsToProfile } from '../../../core/reference/windows.ts';
import { rollUpOf, weeklyRollUpOf } from '../../../core/storage/roll-up.ts';
import { dayMs, floorToDay, floorToWeek, overlaps, trailingWindow } from '../../../core/window.ts';

const now = Date.parse('2026-11-25T03:15:00Z');
const settings = { rows: 'keep', results: 'keep', hourlyProfiles: '30d', dailyProfiles: '31d' };
const base: MonitorInput = {
  model: 'm',
  task: 'regression',
  features: { x: { kind: 'continuous' } },
  reference: { kind: 'fixed', start: '2026-01-01', end: '2026-02-01' },
};

describe('the roll-up to weeks', () => {
  it.each<[string, Partial<MonitorInput>]>([
    ['a fixed reference', {}],
    [
      'a fixed reference that tells what is usual',
      { reference: { kind: 'fixed', start: '2022-01-01', end: '2024-01-01' } },
    ],
    ['long windows', { current: '28d' }],
    ['a rolling reference', { reference: { kind: 'rolling', length: '90d' } }],
    ['a seasonal reference', { reference: { kind: 'seasonal', weeks: 12 } }],
    ['windows of hours', { current: '36h', reference: { kind: 'rolling', length: '60d' } }],
    ['an hourly detection', { schedules: { hourlyDriftDetection: { enabled: true } } }],
  ])('leaves every day that a schedule reads with %s, now and as long ago as rows are kept', (_, input) => {
    const monitor = monitorSchema.parse({ ...base, ...input });
    const lengths = [monitor.current, ...(monitor.schedules.hourlyDriftDetection.enabled ? ['24h'] : [])];
    for (const rows of ['keep', '400d']) {
      const defaults = { ...settings, rows };
      const { before, kept } = weeklyRollUpOf(monitor, defaults, now)!;
      expect(before).toBe(floorToWeek(before));
      const oldest = rows === 'keep' ? 0 : 400;
      for (const length of lengths)
        for (const ago of [0, 1, oldest]) {
          const window = trailingWindow(now - ago * dayMs, length);
          for (const read of windowsToProfile(monitor.reference, window, 0).filter(
            (one) => !kept.some((keep) => overlaps(keep, one)),
          ))
            expect(read.start, `${length} ${ago} days ago`).toBeGreaterThanOrEqual(before);
        }
      expect(before).toBeLessThanOrEqual(rollUpOf(monitor, defaults, now)!.before);
    }
  });

  it('is as old as the installation says, and keeps a fixed reference', () => {
    const monitor = monitorSchema.parse(base);
    expect(weeklyRollUpOf(monitor, { ...settings, dailyProfiles: '730d' }, now)).toEqual({
      before: floorToWeek(floorToDay(now) - 730 * dayMs),
      supersededBefore: floorToWeek(floorToDay(now) - 730 * dayMs),
      kept: [{ start: Date.parse('2026-01-01T00:00:00Z'), end: Date.parse('2026-02-01T00:00:00Z') }],
    });
  });

  it('is none where days, or hours, are kept for ever', () => {
    const monitor = monitorSchema.parse(base);
    for (const kept of [{ dailyProfiles: 'keep' }, { hourlyProfiles: 'keep', dailyProfiles: 'keep' }])
      expect(weeklyRollUpOf(monitor, { ...settings, ...kept }, now)).toBeUndefined();
  });
});
