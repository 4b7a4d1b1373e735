import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openDatabase } from '../../sql/database.ts';
import { describeSchema } from '../../sql/golden-schema.ts';
import { checkSchema, listMigrations, migrate } from '../../sql/migrator.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';

let empty: TestDatabase;
beforeEach(async () => {
  empty = await createTestDatabase('empty');
});
afterEach(() => empty.drop());

const appliedNames = async (): Promise<unknown[]> =>
  (await empty.database.query('select name from schema_migrations order by id')).map(({ name }) => name);
const fileNames = async (): Promise<string[]> => (await listMigrations()).map(({ name }) => name);

describe('migrate', () => {
  it('applies every migration to an empty database, in order, and names them', async () => {
    const applied = await migrate(empty.database);
    expect(applied).toEqual(await fileNames());
    expect(applied[0]).toBe('0001_core.sql');
    expect(await appliedNames()).toEqual(applied);
  });

  it('does nothing the second time', async () => {
    await migrate(empty.database);
    const before = await empty.database.query('select * from schema_migrations');
    expect(await migrate(empty.database)).toEqual([]);
    expect(await empty.database.query('select * from schema_migrations')).toEqual(before);
  });

  it('lets one of five processes that start at once apply, and the others find nothing to do', async () => {
    const processes = Array.from({ length: 5 }, () => openDatabase({ url: empty.url, poolSize: 1 }));
    try {
      const applied = await Promise.all(processes.map((database) => migrate(database)));
      expect(applied.filter((names) => names.length > 0)).toEqual([await fileNames()]);
      expect(await appliedNames()).toEqual(await fileNames());
    } finally {
      await Promise.all(processes.map((database) => database.close()));
    }
  });

  it('makes the same schema as the one that the tests copy', async () => {
    await migrate(empty.database);
    const template = await createTestDatabase();
    expect(await describeSchema(empty.database)).toEqual(await describeSchema(template.database));
    await template.drop();
  });

  it('refuses when an applied file was edited, and changes nothing', async () => {
    await migrate(empty.database);
    await empty.database.execute(`update schema_migrations set hash = 'of another text' where id = 1`);
    await expect(migrate(empty.database)).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      details: { id: 1 },
    });
    expect(await appliedNames()).toEqual(await fileNames());
  });

  it('refuses a database that is newer than this code', async () => {
    await migrate(empty.database);
    await empty.database.execute(
      `insert into schema_migrations (id, name, hash) values (9999, '9999_next.sql', 'next')`,
    );
    await expect(migrate(empty.database)).rejects.toMatchObject({
      code: 'SCHEMA_AHEAD',
      details: { actual: '9999', expected: await newestMigration() },
    });
  });
});

/** As its file begins. */
async function newestMigration(): Promise<string | undefined> {
  return (await listMigrations()).at(-1)?.name.slice(0, 4);
}

describe('checkSchema', () => {
  it('accepts a migrated database', async () => {
    await migrate(empty.database);
    await expect(checkSchema(empty.database)).resolves.toBeUndefined();
  });

  it('says that an empty database is behind, and leaves it empty', async () => {
    await expect(checkSchema(empty.database)).rejects.toMatchObject({
      code: 'SCHEMA_BEHIND',
      details: { actual: '0', expected: await newestMigration() },
    });
    expect((await describeSchema(empty.database)).tables).toEqual([]);
  });

  it('says when the database is ahead or was migrated with another text', async () => {
    await migrate(empty.database);
    await empty.database.execute(`update schema_migrations set hash = 'of another text' where id = 1`);
    await expect(checkSchema(empty.database)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
    await empty.database.execute('delete from schema_migrations');
    await empty.database.execute(
      `insert into schema_migrations (id, name, hash) values (9999, '9999_next.sql', 'next')`,
    );
    await expect(checkSchema(empty.database)).rejects.toMatchObject({ code: 'SCHEMA_AHEAD' });
  });
});
