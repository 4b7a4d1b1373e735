/** The process itself is killed in the midst of it, beside a service that logs predictions of another model. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { afterEach, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import { testServers } from '../../setup/servers.ts';
import { at } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('empty for each test');
const [model, other] = ['killed-forgetting', 'logged-meanwhile'];
const rows = 100_000;

let running: ChildProcess | undefined;
afterEach(() => running?.kill('SIGKILL'));

async function forget(): Promise<{ readonly ended: Promise<readonly [number | null]>; kill: () => void }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'cli/tidewatch.ts', 'forget', model, '--yes', '--json'],
    {
      env: { ...process.env, DATABASE_URL: test.url, TEMPORAL_ADDRESS: testServers().temporalAddress },
      stdio: 'ignore',
    },
  );
  running = child;
  return {
    ended: once(child, 'exit') as Promise<[number | null]>,
    kill: () => child.kill('SIGKILL'),
  };
}

/** Rows of both models in the same three partitions. */
async function load(of: string): Promise<void> {
  await test.database.execute(`
    insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
    select '${of}', '1', 'e' || i, '2024-01-01'::timestamptz + i * interval '1 minute', '2024-01-01', '{"x": 1}', 1
    from generate_series(1, ${rows}) as i;
    insert into actuals (model, entity, event_time, value, recorded_at)
    select '${of}', 'e' || i, '2024-01-01'::timestamptz + i * interval '1 minute', 1, '2024-05-01'
    from generate_series(1, ${rows}) as i`);
}

async function countOf(of: string, table: string): Promise<number> {
  const [row] = await test.database.query<{ rows: number }>(
    `select count(*) as rows from ${table} where model = '${of}'`,
  );
  return row!.rows;
}

async function accounted(): Promise<Record<string, number>> {
  const found = await test.database.query<{ table: string; rows: number }>(
    `select table_name as table, row_count as rows from removals where reason = 'forgotten'`,
  );
  return Object.fromEntries(found.map(({ table, rows: count }) => [table, count]));
}

it('goes on where it was killed, and nobody else notices', { timeout: 300_000 }, async () => {
  await test.database.execute(`select ensure_partitions('2024-01-01', '2024-03-31')`);
  for (const of of [model, other]) await load(of);

  const client = openClient({ database: test.database });
  let logged = 0;
  const service = new AbortController();
  const logging = (async (): Promise<void> => {
    for (; !service.signal.aborted; logged += 1)
      await client.logPredictions(other, [
        {
          version: '2',
          entity: `new ${logged}`,
          eventTime: at(3),
          features: { x: 1 },
          prediction: 1,
        },
      ]);
  })();

  const first = await forget();
  while (((await accounted())['predictions'] ?? 0) === 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
  first.kill();
  expect(await first.ended).toEqual([null, 'SIGKILL']);
  const gone = (await accounted())['predictions']!;
  expect(await countOf(model, 'predictions')).toBe(rows - gone);
  expect(await countOf(model, 'actuals')).toBe(rows);

  const second = await forget();
  expect((await second.ended)[0]).toBe(0);
  service.abort();
  await logging;
  expect(await countOf(model, 'predictions')).toBe(0);
  expect(await accounted()).toMatchObject({ predictions: rows, actuals: rows });
  expect(await countOf(other, 'predictions')).toBe(rows + logged);
  expect(await countOf(other, 'actuals')).toBe(rows);
  expect(
    await test.database.query('select outcome from audit_events where model = $1 order by audit_id', [model]),
  ).toEqual([{ outcome: 'requested' }, { outcome: 'done' }]);
});
