import { expect, it } from 'vitest';

import { withFeatureWarnings } from '../../cli/feature-warnings.ts';
import { planMonitors } from '../../cli/monitor-plan.ts';
import { planLines } from '../../cli/plan-text.ts';
import { configurationHash } from '../../activities/monitors/configuration.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { hourMs } from '../../core/window.ts';
import { day, predictionsOf } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';

const world = useDatabase('shared by all tests');

const monitorOf = (model: string, features: readonly string[]) =>
  monitorSchema.parse({
    model,
    task: 'regression',
    features: Object.fromEntries(features.map((name) => [name, { kind: 'continuous' }])),
    reference: { kind: 'rolling' },
  });

async function warningsOf(
  model: string,
  features: readonly string[],
  stored: 'stored' | 'new' = 'new',
): Promise<readonly string[]> {
  const monitor = monitorOf(model, features);
  const before =
    stored === 'new'
      ? []
      : [{ model, configuration: monitor, configurationHash: configurationHash(monitor) }];
  const changes = await withFeatureWarnings(
    world.database,
    planMonitors([{ file: `${model}.yaml`, monitor, written: {} }], before, 'keep'),
  );
  const [change] = changes;
  expect(change?.change).toBe(stored === 'new' ? 'create' : 'unchanged');
  const lines = planLines({ monitors: changes, settings: [], schedules: [], attributes: [] }, 'changes');
  const warnings = change !== undefined && 'warnings' in change ? change.warnings : [];
  expect(lines.filter((line) => line.includes('warning: '))).toHaveLength(warnings.length);
  return warnings;
}

it('warns of a feature that no stored prediction has, and names the one that was meant', async () => {
  const rows = predictionsOf({ from: 1, to: 2 }).map((row) => ({
    ...row,
    features: { wind: 3, hum: 0.5, temp: 20 },
  }));
  await openClient({ database: world.database }).logPredictions('typed', rows);
  expect(await warningsOf('typed', ['wind', 'hum'])).toEqual([]);
  const misspelt = 'feature "wnd": none of the newest 24 predictions has it; did you mean "wind"?';
  expect(await warningsOf('typed', ['wnd', 'hum', 'temp'])).toEqual([misspelt]);
  // Also once it is stored: rows may have come after it.
  expect(await warningsOf('typed', ['wnd', 'hum', 'temp'], 'stored')).toEqual([misspelt]);
  expect(await warningsOf('typed', ['pressure', 'hum'])).toEqual([
    'feature "pressure": none of the newest 24 predictions has it; the rows have besides: temp, wind',
  ]);
});

it('warns of none where no row is stored', async () => {
  expect(await warningsOf('empty', ['wnd'])).toEqual([]);
});

it('finds a feature that has been rare for long', async () => {
  const rows = Array.from({ length: 1_500 }, (_, i) => ({
    version: '1',
    entity: `e${i}`,
    eventTime: day(1) + i * hourMs,
    prediction: 1,
    features: i === 3 ? { hum: 0.5, rain: 1 } : { hum: 0.5 },
  }));
  await openClient({ database: world.database }).logPredictions('rare', rows);
  expect(await warningsOf('rare', ['hum', 'rain'])).toEqual([]);
});
