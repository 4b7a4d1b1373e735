import { expect, it } from 'vitest';

import { planSettings } from '../../cli/alerts-plan.ts';
import { planLines } from '../../cli/plan-text.ts';
import { installationSettingsSchema } from '../../core/alert/installation-settings.ts';

const written = { routes: [{ name: 'oncall', pagerduty: true }], inhibition: [] };
const settings = installationSettingsSchema.parse(written);
const around = { watched: [], now: Date.UTC(2026, 10, 29) };
const there = { file: 'monitors/alerts.yaml', settings, written, problems: [] };
const gone = { settings: undefined, problems: [] };

it('plans to store alerts.yaml when it is new or says something else, and to forget it when pruning', () => {
  expect(planSettings(gone, undefined, 'prune', around)).toEqual([]);
  const [created] = planSettings(there, undefined, 'keep', around);
  if (created?.change !== 'create') throw new Error('expected to create it');
  const stored = { configuration: settings, configurationHash: created.hash };
  expect(planSettings(there, stored, 'keep', around)).toEqual([
    { name: 'alerts.yaml', change: 'unchanged', warnings: [] },
  ]);
  expect(planSettings(there, { ...stored, configurationHash: 'x' }, 'keep', around)).toMatchObject([
    { change: 'update' },
  ]);
  expect(planSettings(gone, stored, 'keep', around)).toEqual([{ name: 'alerts.yaml', change: 'keep' }]);
  expect(planSettings(gone, stored, 'prune', around)).toEqual([{ name: 'alerts.yaml', change: 'delete' }]);

  const [odd] = planSettings(
    { ...there, settings: installationSettingsSchema.parse({ routes: [{ kind: 'drift' }] }) },
    undefined,
    'keep',
    around,
  );
  expect(
    planLines({ monitors: [], settings: [odd!], schedules: [], attributes: [] }, 'changes').join('\n'),
  ).toContain('warning: route 1 tells nobody: it has no channel');
  const lines = planLines({ monitors: [], settings: [created], schedules: [], attributes: [] }, 'full').join(
    '\n',
  );
  expect(lines).toContain('monitors/alerts.yaml');
  expect(lines).toContain('name: oncall');
  // What is written, without the defaults of each route.
  expect(lines).not.toContain('groupWait');
  // Whoever writes own rules sees that the default ones hold, too.
  expect(lines).toContain('defaultInhibition: true');
});

it('warns of what fits no monitor, also when only the monitors have changed, and of a maintenance that is over', () => {
  const typos = installationSettingsSchema.parse({
    routes: [{ model: 'bike-*', slack: true }],
    maintenance: [
      { model: 'house-price', from: '2026-11-27T00:00:00Z', to: '2026-11-28T00:00:00Z', reason: 'moves' },
    ],
  });
  const watched = [{ model: 'house-prices', labels: {} }];
  const plan = (stored?: { readonly configuration: unknown; readonly configurationHash: string }) =>
    planSettings({ ...there, settings: typos }, stored, 'keep', { ...around, watched });
  const [created] = plan();
  if (created?.change !== 'create') throw new Error('expected to create it');
  const misfits = [
    'route 1: model "bike-*" fits no monitor',
    'maintenance 1: model "house-price" fits no monitor; did you mean "house-prices"?',
  ];
  expect(created.warnings).toEqual([
    ...misfits,
    'maintenance 1 holds back nothing: it ended at 2026-11-28T00:00:00Z',
  ]);
  const unchanged = plan({ configuration: typos, configurationHash: created.hash });
  expect(unchanged).toEqual([{ name: 'alerts.yaml', change: 'unchanged', warnings: misfits }]);
  const lines = planLines(
    { monitors: [], settings: unchanged, schedules: [], attributes: [] },
    'changes',
  ).join('\n');
  for (const misfit of misfits) expect(lines).toContain(`warning: ${misfit}`);
});
