import { describe, expect, it } from 'vitest';

import { compareTogether } from '../../../activities/multivariate/compare-together.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { hoursOf } from '../../../core/window.ts';
import { day, watch } from '../../setup/synthetic.ts';
import { normals, uniforms } from '../../core/multivariate/samples.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'together';
const march = { start: day(1), end: day(29) };
const current = { start: day(29), end: day(36) };

const test = useDatabase('empty for each test');

/** Four weeks of hours in which two features rise together, then one in which one falls as the other rises. */
async function loadRows(signNow: number): Promise<void> {
  const normal = normals(uniforms(1));
  const rows = hoursOf({ start: march.start, end: current.end }).map((eventTime) => {
    const [x, y] = [normal(), normal()];
    const sign = eventTime < current.start ? 1 : signNow;
    return {
      version: '1',
      entity: 'station',
      eventTime,
      features: { x, y: sign * x + 0.3 * y, z: normal(), calendar: Math.floor(eventTime / 86_400_000) % 7 },
      prediction: x,
    };
  });
  await openClient({ database: test.database }).logPredictions(model, rows);
}
const monitor = (overrides: Parameters<typeof watch>[1] = { model }) =>
  watch(test.database, {
    features: {
      x: { kind: 'continuous' },
      y: { kind: 'continuous' },
      z: { kind: 'continuous' },
      calendar: { kind: 'categorical', enabled: false },
    },
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-29' },
    ...overrides,
  });

describe('compareTogether', () => {
  it('sees that two features part, which no single one shows, by all three methods', async () => {
    await loadRows(-1);
    const found = await compareTogether(test.database, await monitor(), { reference: [march], current });
    expect(found.domainClassifier.verdict.level).toBe('critical');
    expect(found.domainClassifier.details!.usual).toMatchObject({ windows: 4 });
    expect(
      found.domainClassifier
        .details!.features.slice(0, 2)
        .map(({ feature }) => feature)
        .sort(),
    ).toEqual(['x', 'y']);
    expect(found.reconstruction.verdict.level).toBe('critical');
    expect(found.correlation.verdict.reason).toMatch(
      /^1 of 3 pairs of features changed: x and y 0\.9\d* -> -0\.9\d*/,
    );
    expect(found.domainClassifier.sampleSizes).toEqual({ reference: 672, current: 168 });
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it('is calm where nothing has changed, and finds the same again', async () => {
    await loadRows(1);
    const compare = async () =>
      compareTogether(test.database, await monitor(), { reference: [march], current });
    const found = await compare();
    for (const { verdict } of Object.values(found)) expect(verdict.level).toBe('ok');
    expect(await compare()).toEqual(found);
  });

  it('looks at a sample of as many rows as the monitor allows, and at usual windows that the caller names', async () => {
    await loadRows(1);
    const found = await compareTogether(
      test.database,
      await monitor({ model, drift: { multivariate: { sample: 120 } } }),
      { reference: [march], current, usual: [] },
    );
    expect(found.domainClassifier.sampleSizes).toEqual({ reference: 120, current: 120 });
    expect(found.domainClassifier.details!.usual).toBeNull();
  });

  it('says what is missing without rows, or without a feature that counts', async () => {
    const nothing = await compareTogether(test.database, await monitor(), { reference: [], current });
    expect(nothing.domainClassifier.verdict).toEqual({
      level: 'insufficient-data',
      reason: 'the reference has 0 rows, 50 are needed to tell rows apart',
    });
    await loadRows(1);
    const features = { z: { kind: 'continuous', enabled: false } } as const;
    const none = await compareTogether(test.database, await monitor({ model, features }), {
      reference: [march],
      current,
    });
    for (const { verdict } of Object.values(none)) expect(verdict.level).toBe('insufficient-data');
  });
});
