import { readFile, writeFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { describeSchema } from '../../sql/golden-schema.ts';
import { createTestDatabase } from '../setup/servers.ts';

const golden = new URL('../../sql/golden-schema.json', import.meta.url);

// After a new migration: UPDATE_GOLDEN=1 npx vitest run test/sql/golden-schema.test.ts
it('is the schema of sql/golden-schema.json, so that every change of it shows in review', async () => {
  const test = await createTestDatabase();
  const schema = await describeSchema(test.database);
  await test.drop();
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, `${JSON.stringify(schema, null, 2)}\n`);
  expect(schema).toEqual(JSON.parse(await readFile(golden, 'utf8')));
});

it('describes tables with their comments, constraints, indexes, views, functions and triggers, but no partitions', async () => {
  const test = await createTestDatabase();
  await test.database.query(`select ensure_partitions('2011-03-01', '2011-03-01')`);
  await test.database.execute(`
    create table garden (plant text constraint garden_pkey primary key, height numeric(5, 2) not null default 0);
    comment on table garden is 'What grows.'`);
  const schema = await describeSchema(test.database);
  await test.drop();
  expect(schema.tables).toContainEqual({
    name: 'garden',
    kind: 'r',
    comment: 'What grows.',
    columns: [
      ['plant', 'text', 'not null', null, null],
      ['height', 'numeric(5,2)', 'not null', '0', null],
    ],
  });
  expect(schema.constraints).toContainEqual({
    table: 'garden',
    name: 'garden_pkey',
    definition: 'PRIMARY KEY (plant)',
  });
  expect(JSON.stringify([schema.tables, schema.constraints, schema.indexes])).not.toContain(
    'predictions_2011_03',
  );
  const names = Object.fromEntries(
    Object.entries(schema).map(([part, described]) => [
      part,
      described.map((one) => Object(one).name as unknown),
    ]),
  );
  expect(names.indexes).toContain('alerts_one_open');
  expect(names.views).toContain('data_drift_metrics');
  expect(names.functions).toContain('ensure_partitions');
  expect(names.triggers).toContain('predictions_inserted');
});

it.each([
  `alter table predictions alter column role set default 'shadow'`,
  'alter table predictions drop constraint predictions_finite_check',
  `comment on column predictions.role is 'something else'`,
  'drop trigger outcomes_updated on outcomes',
])('sees %s', async (change) => {
  const test = await createTestDatabase();
  const before = await describeSchema(test.database);
  await test.database.execute(change);
  expect(await describeSchema(test.database)).not.toEqual(before);
  await test.drop();
});
