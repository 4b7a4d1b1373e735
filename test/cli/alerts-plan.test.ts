import { expect, it } from 'vitest';

import { planSettings } from '../../cli/alerts-plan.ts';
import { planLines } from '../../cli/plan-text.ts';
import { installationSettingsSchema } from '../../core/alert/installation-settings.ts';

const settings = installationSettingsSchema.parse({ routes: [{ name: 'oncall', pagerduty: true }] });
const there = { file: 'monitors/alerts.yaml', settings, problems: [] };
const gone = { settings: undefined, problems: [] };

it('plans to store alerts.yaml when it is new or says something else, and to forget it when pruning', () => {
  expect(planSettings(gone, undefined, 'prune')).toEqual([]);
  const [created] = planSettings(there, undefined, 'keep');
  if (created?.change !== 'create') throw new Error('expected to create it');
  const stored = { configuration: settings, configurationHash: created.hash };
  expect(planSettings(there, stored, 'keep')).toEqual([{ name: 'alerts.yaml', change: 'unchanged' }]);
  expect(planSettings(there, { ...stored, configurationHash: 'x' }, 'keep')).toMatchObject([
    { change: 'update' },
  ]);
  expect(planSettings(gone, stored, 'keep')).toEqual([{ name: 'alerts.yaml', change: 'keep' }]);
  expect(planSettings(gone, stored, 'prune')).toEqual([{ name: 'alerts.yaml', change: 'delete' }]);

  const [odd] = planSettings(
    { ...there, settings: installationSettingsSchema.parse({ routes: [{ kind: 'drift' }] }) },
    undefined,
    'keep',
  );
  expect(planLines({ monitors: [], settings: [odd!], schedules: [] }, 'changes').join('\n')).toContain(
    'warning: route 1 tells nobody: it has no channel',
  );
  const lines = planLines({ monitors: [], settings: [created], schedules: [] }, 'full').join('\n');
  expect(lines).toContain('monitors/alerts.yaml');
  expect(lines).toContain('name: oncall');
  // Whoever writes own rules sees that the default ones hold, too.
  expect(lines).toContain('defaultInhibition: true');
});
