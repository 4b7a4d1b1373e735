import { describe, expect, it } from 'vitest';

import { whyThreshold } from '../../../../console/pages/monitor/why-threshold.ts';
import { monitorSchema } from '../../../../core/monitor/schema.ts';
import { storeDrift, storeMonitor } from '../../stored-results.ts';
import { useConsole } from '../../use-console.ts';

describe('why a threshold is what it is', () => {
  const monitor = monitorSchema.parse({
    model: 'm',
    task: 'regression',
    features: {
      temp: { kind: 'continuous', method: 'wasserstein', threshold: 0.5 },
      hum: { kind: 'continuous' },
    },
    reference: { kind: 'rolling' },
    drift: { alpha: 0.01 },
  });
  const decided = {
    column: 'hum',
    method: 'wasserstein',
    question: 'reference',
    threshold: null,
    reason: '',
    details: null,
  } as const;

  it('is that the monitor says so', () => {
    expect(whyThreshold(monitor, { ...decided, column: 'temp' })).toBe('0.5: written in the monitor');
  });

  it('is how much past windows differ, where enough of them are known', () => {
    const details = { null: 'empirical', usual: 0.08, largest: 0.21, independentWindows: 14 };
    expect(whyThreshold(monitor, { ...decided, details })).toBe(
      'a corrected p-value of at most 0.01 (drift.alpha), and a difference of at least 0.1 sd (critical: 0.5 sd); held against 14 independent past windows, which usually differ by 0.08 and at most by 0.21',
    );
  });

  it('is the law of the statistic, where they are not', () => {
    const details = { null: 'analytic', designEffect: 6.2, effectiveSizes: { reference: 1, current: 1 } };
    expect(whyThreshold(monitor, { ...decided, details })).toContain(
      'every 6.2 rows counted as one, since neighbours are alike',
    );
  });

  it('is said of columns that the monitor does not name, and of details that nobody expects', () => {
    for (const column of ['prediction', 'gone', '__proto__', 'constructor'])
      expect(whyThreshold(monitor, { ...decided, column, details: 'odd' })).toContain('no past windows');
  });
});

describe('the pages of monitors', () => {
  const console = useConsole();

  it('say how to begin where there is none', async () => {
    expect(await console.text('/monitors')).toMatch(
      /No monitor is applied yet\. .*tidewatch init .*tidewatch apply/,
    );
  });

  it('show what is in effect, the rules that follow from its limits, and what each column is held against', async () => {
    await storeMonitor(console.database, 'bikes', { description: '</pre><script>alert(1)</script>' });
    await storeDrift(console.database, 'bikes', { daysAgo: 0, verdict: 'ok', columns: { temp: 'ok' } });
    expect(await console.text('/monitors')).toMatch(/bikes regression 1 rolling 7d/);
    const text = await console.text('/monitors/bikes');
    expect(text).toContain('By what follows from performance.limits');
    expect(text).toContain('◆ Critical when RMSE over 7 days above 70');
    expect(text).toMatch(
      /temp wasserstein chosen by the values of the reference a corrected p-value of at most 0.05/,
    );
    expect(text).toContain('&quot;minimumOutcomes&quot;: 10');
    expect(await console.page('/monitors/bikes')).not.toContain('<script>alert');
  });

  it('show one that another version has stored as it is', async () => {
    await console.database.execute(
      `insert into monitors (model, configuration, configuration_hash) values ('old', '{"task": "ranking", "features": 3}', '')`,
    );
    expect(await console.text('/monitors')).toContain('old ranking 0');
    expect(await console.text('/monitors/old')).toMatch(
      /Another version of Tidewatch has stored this monitor.*ranking/,
    );
    expect((await console.get('/monitors/nobody')).status).toBe(404);
  });
});
