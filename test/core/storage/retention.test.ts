import { describe, expect, it } from 'vitest';

import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { neededRows, retentionOf } from '../../../core/storage/retention.ts';
import { dayMs } from '../../../core/window.ts';

const base: MonitorInput = {
  model: 'm',
  task: 'regression',
  features: { x: { kind: 'continuous' } },
  reference: { kind: 'fixed', start: '2020-01-01', end: '2020-02-01' },
};
const problemsOf = (input: Partial<MonitorInput>): string[] =>
  (monitorSchema.safeParse({ ...base, ...input }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  );
const trainer = { url: 'http://127.0.0.1:1' };

describe('neededRows', () => {
  it.each<[string, Partial<MonitorInput>, string, number]>([
    ['windows', { performance: { windows: ['90d'] } }, 'the windows of 90d', 90 + 7 + 1],
    [
      'the actuals horizon',
      { performance: { windows: ['90d'], actualsHorizon: '30d' } },
      'the windows of 90d',
      121,
    ],
    [
      'a rolling reference',
      { reference: { kind: 'rolling', length: '60d' } },
      'the rolling reference of 60d',
      75,
    ],
    [
      'a seasonal reference',
      { reference: { kind: 'seasonal', weeks: 8 } },
      'the seasonal reference of 8 weeks',
      127,
    ],
    [
      'training',
      { retraining: { trainer, trainingWindow: { kind: 'trailing', length: '120d' }, holdout: '7d' } },
      'training on 120d with a holdout of 7d',
      135,
    ],
    [
      'degradation rules',
      {
        degradation: {
          rules: [{ metric: 'rmse', over: '7d', worseThan: { baseline: '60d before', by: '10%' } }],
        },
      },
      'the degradation rules',
      75,
    ],
  ])('knows how far back %s read', (_, input, what, days) => {
    const [longest] = neededRows(monitorSchema.parse({ ...base, ...input }));
    expect(longest).toEqual({ what: expect.stringContaining(what), days });
  });

  it('leaves the rows of a fixed reference out, however old they are', () => {
    expect(neededRows(monitorSchema.parse(base))[0].days).toBe(43);
  });
});

describe('a monitor', () => {
  it('is refused when its retention is too short, with what needs how many days', () => {
    expect(problemsOf({ retention: { rows: '30d' } })).toEqual([
      'retention.rows is too short: with the time that actuals may take (performance.actualsHorizon), learning what matters to the model needs 43 days; write "43d" or more',
    ]);
    expect(problemsOf({ retention: { rows: '43d' } })).toEqual([]);
    expect(problemsOf({ retention: { rows: '100d', results: '60d' } })).toEqual([
      'retention.results is too short: rows are kept for 100 days, and what was computed of them at least as long; write "100d" or more',
    ]);
    expect(problemsOf({ retention: { rows: 'keep', results: '100d' } })).toEqual([
      'retention.results rows are kept for ever, and results are kept at least as long as rows; write keep',
    ]);
    expect(problemsOf({ retention: { rows: '3 months' } })).toEqual([
      'retention.rows write whole days or weeks, for example "180d", or keep',
    ]);
  });

  it('that trains on everything keeps everything', () => {
    const retraining = { trainer, trainingWindow: { kind: 'expanding', from: '2020-01-01' } } as const;
    expect(problemsOf({ retraining, retention: { rows: '400d' } })).toEqual([
      'retention.rows training on everything since 2020-01-01 (retraining.trainingWindow) needs all rows since then; write keep, or train on a trailing window',
    ]);
    const monitor = monitorSchema.parse({ ...base, retraining });
    expect(retentionOf(monitor, { rows: '400d', results: '400d' })).toEqual({});
  });

  it('says nothing of its retention where a duration is wrong', () => {
    expect(problemsOf({ current: 'a week', retention: { rows: '1d' } }).join()).not.toMatch(/retention/);
  });
});

describe('retentionOf', () => {
  const monitor = monitorSchema.parse(base);
  it('takes the default of the installation, but never less than the model needs', () => {
    expect(retentionOf(monitor, { rows: 'keep', results: 'keep' })).toEqual({});
    expect(retentionOf(monitor, { rows: '10d', results: '20d' })).toEqual({
      rows: 43 * dayMs,
      results: 43 * dayMs,
    });
    expect(retentionOf(monitor, { rows: '100d', results: '50d' })).toEqual({
      rows: 100 * dayMs,
      results: 100 * dayMs,
    });
  });

  it('lets a monitor keep what the installation removes', () => {
    const kept = monitorSchema.parse({ ...base, retention: { rows: 'keep' } });
    expect(retentionOf(kept, { rows: '100d', results: '200d' })).toEqual({});
  });
});
