import { expect, it } from 'vitest';

import { enabledProcesses } from '../../../core/process/scheduled.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';

const ids = (input: Partial<MonitorInput>) =>
  enabledProcesses(
    monitorSchema.parse({
      model: 'bike-demand',
      task: 'regression',
      features: { hum: { kind: 'continuous' } },
      reference: { kind: 'rolling' },
      ...input,
    }),
  ).map(({ id }) => id);

it('leaves out what is not enabled', () => {
  expect(
    ids({ schedules: { driftDetection: { enabled: false }, hourlyDriftDetection: { enabled: true } } }),
  ).toEqual(['actuals-backfill', 'hourly-drift-detection', 'performance-evaluation', 'degradation-check']);
});

it('has the weekly report where somebody gets it, unless the monitor says otherwise', () => {
  const report = { recipients: ['a@example.org'] };
  expect(ids({ report })).toContain('weekly-report');
  expect(ids({ report, schedules: { weeklyReport: { enabled: false } } })).not.toContain('weekly-report');
  expect(ids({ schedules: { weeklyReport: { enabled: true } } })).toContain('weekly-report');
});
