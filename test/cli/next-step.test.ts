import { afterAll, beforeAll, expect, it } from 'vitest';

import { configurationHash } from '../../activities/monitors/configuration.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import type { MonitorChange } from '../../cli/monitor-plan.ts';
import { afterApply, afterIngest, afterInit, applyCommand } from '../../cli/next-step.ts';
import { createTestDatabase, type TestDatabase } from '../setup/servers.ts';
import { predictionsOf, watch } from '../setup/synthetic.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

async function created(model: string): Promise<MonitorChange> {
  const monitor = await watch(test.database, { model });
  return {
    model,
    change: 'create',
    file: `${model}.yaml`,
    monitor,
    hash: configurationHash(monitor),
    diff: '',
    warnings: [],
  };
}

it('after init is to read the file, and to apply its directory', () => {
  expect(afterInit('monitors/churn.yaml', 'monitor')).toBe(
    'next: read it, then `tidewatch migrate`, and `tidewatch apply --plan`',
  );
  expect(afterInit('my models/churn.yaml', 'monitor')).toContain(
    "`tidewatch apply --monitors 'my models' --plan`",
  );
  expect(afterInit('e.yaml', 'expectations')).toContain('--expectations e.yaml');
});

it('after a plan is the same command without --plan', () => {
  expect(applyCommand({ monitors: 'monitors' })).toBe('tidewatch apply');
  expect(applyCommand({ monitors: 'watched', prune: true, paused: true })).toBe(
    'tidewatch apply --monitors watched --prune --paused',
  );
});

it('after apply is to write a monitor, to load rows, or to start the worker', async () => {
  expect(await afterApply(test.database, [], 'watched')).toBe(
    'next: `tidewatch init <model> --from <file> --output watched/<model>.yaml` writes a first monitor',
  );
  const change = await created('fresh');
  expect(await afterApply(test.database, [change], 'monitors')).toMatch(
    /^next: load rows by `tidewatch ingest <file> --model fresh` /,
  );
  const worker = /^next: `tidewatch worker` where none runs yet/;
  const unchanged = { ...change, change: 'unchanged' } as MonitorChange;
  expect(await afterApply(test.database, [unchanged], 'monitors')).toMatch(worker);
  await openClient({ database: test.database }).logPredictions('fresh', predictionsOf({ from: 1, to: 2 }));
  expect(await afterApply(test.database, [change], 'monitors')).toMatch(worker);
});

it('after apply of a model that reads a table of its own is the worker', async () => {
  const change = await created('tabled');
  const source = { predictions: { table: 'scores' } };
  const monitor = { ...(change as { monitor: object }).monitor, source };
  expect(await afterApply(test.database, [{ ...change, monitor } as MonitorChange], 'monitors')).toMatch(
    /^next: `tidewatch worker`/,
  );
});

it('after ingest is a run of the night after the newest row, where that is past', async () => {
  const request = { model: 'loaded', dryRun: false };
  const now = Date.UTC(2024, 5, 1);
  expect(await afterIngest(test.database, { ...request, dryRun: true }, now)).toBe(
    'next: the same without --dry-run',
  );
  expect(await afterIngest(test.database, request, now)).toMatch(/^next: `tidewatch init loaded`/);
  await watch(test.database, { model: 'loaded' });
  expect(await afterIngest(test.database, request, now)).toMatch(
    /then `tidewatch run drift-detection --model loaded`$/,
  );
  // From the first to the end of the eighth of January.
  await openClient({ database: test.database }).logPredictions('loaded', predictionsOf({ from: 1, to: 9 }));
  expect(await afterIngest(test.database, request, now)).toMatch(
    /--model loaded --as-of 2024-01-09T03:00:00Z`$/,
  );
  // What is loaded of today is judged as of now.
  expect(await afterIngest(test.database, request, Date.UTC(2024, 0, 9, 12))).toMatch(/--model loaded`$/);
});
