/** A Postgres-wire distributed database places rows by one column: here the model. What the catalog says of that. */

import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { installationTables } from '../../sql/installation-tables.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const installationWide = Object.keys(installationTables).sort();

const ofTables = `relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`;

async function names(text: string, values: readonly unknown[] = []): Promise<unknown[]> {
  return (await test.database.query<{ name: unknown }>(text, values)).map(({ name }) => name);
}

it('has a model in every row, but for the tables of the installation', async () => {
  const without = await names(
    `select relname as name from pg_class
     where ${ofTables} and not exists (
       select from pg_attribute where attrelid = pg_class.oid and attname = 'model' and attnotnull)
     order by 1`,
  );
  expect(without).toEqual(installationWide);
});

it('has the model in every primary key, unique constraint and unique index', async () => {
  const without = await names(
    `select indexrelid::regclass::text as name
     from pg_index join pg_class on pg_class.oid = indrelid
     where indisunique and ${ofTables} and relname <> all($1)
       and not exists (select from pg_attribute where attrelid = indrelid and attname = 'model' and attnum = any(indkey[0:indnkeyatts - 1]))
     order by 1`,
    [installationWide],
  );
  expect(without).toEqual([]);
});

it('has the model at the same place on both sides of every foreign key, but for those to a table of the installation', async () => {
  const keys = await test.database.query<{ name: string; model: boolean; to: string }>(
    `select conname as name, confrelid::regclass::text as to, exists (
       select from unnest(conkey, confkey) as pair (here, there)
       join pg_attribute a on a.attrelid = conrelid and a.attnum = here and a.attname = 'model'
       join pg_attribute b on b.attrelid = confrelid and b.attnum = there and b.attname = 'model') as model
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0`,
  );
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter(({ model, to }) => !model && !installationWide.includes(to))).toEqual([]);
});

it('has no exclusion constraint, no rule, no row trigger and no inheritance but that of partitions', async () => {
  expect(await names(`select conname as name from pg_constraint where contype = 'x'`)).toEqual([]);
  expect(
    await names(
      `select rulename as name from pg_rewrite join pg_class on pg_class.oid = ev_class where ${ofTables}`,
    ),
  ).toEqual([]);
  // Bit 0: for each row.
  expect(
    await names(`select tgname as name from pg_trigger where not tgisinternal and tgtype & 1 = 1`),
  ).toEqual([]);
  expect(
    await names(
      `select inhrelid::regclass::text as name from pg_inherits
       where not (select relispartition from pg_class where oid = inhrelid)`,
    ),
  ).toEqual([]);
});

it('has no function in SQL with parameters that reads a table or a view: Citus refuses it', async () => {
  const refused = await names(
    `select proname as name from pg_proc join pg_language on pg_language.oid = prolang
     where pronamespace = 'public'::regnamespace and lanname = 'sql' and pronargs > 0
       and exists (
         select from pg_class where relnamespace = pronamespace and relkind in ('r', 'p', 'v') and prosrc ~ ('\\m' || relname || '\\M'))`,
  );
  expect(refused).toEqual([]);
});

it('names every table of the installation, sequence and trigger in docs/scale.md', async () => {
  const page = await readFile(new URL('../../docs/scale.md', import.meta.url), 'utf8');
  const listed = await names(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'
     union all select distinct regexp_replace(tgname, '_(inserted|updated|deleted)$', '_*') from pg_trigger
       where not tgisinternal and tgparentid = 0`,
  );
  for (const name of [...installationWide, ...listed]) expect(page).toContain(`\`${String(name)}\``);
  for (const reason of Object.values(installationTables)) expect(page).toContain(reason);
});
