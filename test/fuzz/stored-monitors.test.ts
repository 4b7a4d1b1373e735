/** Whatever stands in `monitors`, as an older or a newer version or somebody by hand has written it: told in words, and other models go on. */

import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { findMonitor, listConfigurations } from '../../activities/monitors/store.ts';
import { addStatus } from '../../cli/commands/status.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Activities } from '../../activities/index.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { openTestConsole } from '../console/console-world.ts';
import { checksums } from '../setup/checksums.ts';
import { at, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { useActivities } from '../setup/world.ts';
import { printed } from '../cli/on-database.ts';
import { asJson, like, runs } from './broken.ts';

const world = useActivities('shared by all tests');
const [model, other] = ['broken', 'whole'];
const asOf = at(22, 4);
let right: unknown;

beforeAll(async () => {
  const settings = {
    performance: { windows: ['1d'], limits: { rmse: 2 } },
    retraining: { trainer: { url: 'http://127.0.0.1:1' }, trainingWindow: '7d', holdout: '7d' },
    alerts: { routes: [{ slack: true }] },
    segments: ['c'],
    labels: { team: 'bikes' },
  };
  for (const name of [model, other]) {
    await watch(world.database, { model: name, ...settings });
    await load(world.database, name, { from: 1, to: 22 });
    for (const run of ['attachActuals', 'profileHours', 'summarizeOutcomes', 'evaluatePerformance'] as const)
      await world.activities[run]({ model: name, asOf });
    await world.activities.detectDrift({ model: name, asOf, act: true });
    await world.activities.checkDegradation({ model: name, asOf, act: true });
  }
  right = (await listConfigurations(world.database)).find((stored) => stored.model === model)!.configuration;
});

const store = (configuration: unknown): Promise<number> =>
  world.database.execute('update monitors set configuration = $2 where model = $1', [
    model,
    // The column holds neither NUL nor half of a surrogate pair.
    JSON.stringify(asJson(configuration)).replaceAll(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g, ''),
  ]);

/** Those that the nightly runs of a model call first. */
const asked: readonly ((activities: Activities) => Promise<unknown>)[] = [
  (a) => a.attachActuals({ model, asOf }),
  (a) => a.profileHours({ model, asOf }),
  (a) => a.detectDrift({ model, asOf, act: true }),
  (a) => a.summarizeOutcomes({ model, asOf }),
  (a) => a.evaluatePerformance({ model, asOf }),
  (a) => a.checkDegradation({ model, asOf, act: true }),
  (a) => a.planTraining({ model, retrainingId: 'none' }),
  (a) => a.writeReport({ model, asOf, send: 'no' }),
];

describe('a stored monitor that is not as this code writes it', () => {
  it('is refused by activities with UNREADABLE_MONITOR, before they write; by none of them with an error that is not foreseen', async () => {
    await fc.assert(
      fc.asyncProperty(like(right), async (configuration) => {
        await store(configuration);
        const isRead = await findMonitor(world.database, model).then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof TidewatchError)) throw error;
            expect(error.code).toBe('UNREADABLE_MONITOR');
            return false;
          },
        );
        // One that can be read may mean anything: it is not run here.
        if (isRead) return;
        const before = await checksums(world.database);
        for (const run of asked) {
          const outcome = await run(world.activities).then(
            () => 'done',
            (error: unknown) => {
              if (!(error instanceof TidewatchError)) throw error;
              return error.code;
            },
          );
          expect(outcome).toBe('UNREADABLE_MONITOR');
        }
        expect(await checksums(world.database)).toEqual(before);
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it('keeps no page of the console from being shown, nor the status of other models', async () => {
    const shown = await openTestConsole(world.database);
    const pages = [
      '/',
      '/monitors',
      `/monitors/${model}`,
      `/models/${model}`,
      `/models/${model}/now`,
      '/health',
      '/alerts',
      '/retrainings',
      '/reports',
    ];
    await fc.assert(
      fc.asyncProperty(like(right), async (configuration) => {
        await store(configuration);
        for (const page of pages) {
          const answer = await shown.get(page);
          expect(answer.status, page).toBe(200);
          if (page === '/') expect(await answer.text()).toContain(`/models/${other}`);
        }
        expect(await printed(addStatus, ['status'], world)).toContain(other);
      }),
      { numRuns: Math.ceil(runs / 20) },
    );
    expect(shown.logged).toEqual([]);
  });

  it('does not keep a service from logging', async () => {
    const client = openClient({ database: world.database });
    await fc.assert(
      fc.asyncProperty(like(right), async (configuration) => {
        await store(configuration);
        const { stored, rejected } = await client.logPredictions(model, predictionsOf({ from: 1, to: 2 }));
        expect(stored + rejected.length).toBe(24);
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });
});
