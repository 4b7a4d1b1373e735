import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openDatabase } from '../../sql/database.ts';
import { describeSchema } from '../../sql/golden-schema.ts';
import { checkSchema, listMigrations, migrate, requireKnownSchema } from '../../sql/migrator.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';
import { migrateTo } from './migrate-to.ts';
import { contracting, expanding, migrateNewer } from './newer-migrations.ts';

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

  it('lets functions of the owner look into the schema that is migrated, and into temporary tables last', async () => {
    await empty.database.execute('create schema elsewhere');
    const session = openDatabase({
      url: empty.url,
      poolSize: 1,
      settings: { search_path: 'missing,elsewhere,public' },
    });
    try {
      await migrate(session);
      const paths = await session.query<{ path: string }>(
        `select distinct setting as path from pg_proc, unnest(proconfig) as setting
         where pronamespace = 'elsewhere'::regnamespace and prosecdef and setting like 'search_path=%'`,
      );
      expect(paths).toEqual([{ path: 'search_path=elsewhere, pg_temp' }]);
      expect(await session.query('show search_path')).toEqual([{ search_path: 'missing,elsewhere,public' }]);
    } finally {
      await session.close();
    }
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
      details: {
        actual: '9999',
        expected: await newestMigration(),
        reason: '9999_next lets no older code work with it',
      },
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
    await expect(checkSchema(empty.database)).resolves.toEqual([]);
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

describe('a database that a newer version has migrated', () => {
  const contents = async (): Promise<unknown> => [
    await describeSchema(empty.database),
    await empty.database.query('select * from schema_migrations order by id'),
  ];

  it('notes of each migration what its file says, and of those from before 0043 that older code is refused', async () => {
    await migrateTo(empty.database, 42);
    const applied = await migrateNewer(empty.database, {
      '9997_expands.sql': expanding,
      '9998_contracts.sql': contracting,
      '9999_says_nothing.sql': 'create table thoughts (words text)',
    });
    expect(applied.slice(-3)).toEqual(['9997_expands.sql', '9998_contracts.sql', '9999_says_nothing.sql']);
    const noted = await empty.database.query<{ name: string; older_code: string }>(
      'select name, older_code from schema_migrations where id < 44 or id > 9996 order by id',
    );
    expect(noted.slice(-4).map(({ name, older_code }) => `${name} ${older_code}`)).toEqual([
      '0043_older_code.sql works',
      '9997_expands.sql works',
      '9998_contracts.sql refused',
      '9999_says_nothing.sql refused',
    ]);
    expect(new Set(noted.slice(0, -4).map(({ older_code }) => older_code))).toEqual(new Set(['refused']));
  });

  it('is one to work with where everything that is unknown only expands it; migrate has nothing to do', async () => {
    await migrateNewer(empty.database, { '9998_a.sql': expanding, '9999_b.sql': '-- older code: works\n' });
    expect(await checkSchema(empty.database)).toEqual(['9998_a', '9999_b']);
    const before = await contents();
    expect(await migrate(empty.database)).toEqual([]);
    expect(await contents()).toEqual(before);
  });

  it('is refused otherwise, by the first migration that older code may not work with; nothing is changed', async () => {
    await migrateNewer(empty.database, {
      '9996_a.sql': expanding,
      '9997_b.sql': contracting,
      '9998_c.sql': '-- older code: refused\n',
      '9999_d.sql': '-- older code: works\n',
    });
    const refused = {
      code: 'SCHEMA_AHEAD',
      message:
        `The database is at migration 9999, newer than this code knows (${await newestMigration()}), ` +
        'and 9997_b lets no older code work with it. Deploy the newer Tidewatch.',
    };
    const before = await contents();
    await expect(checkSchema(empty.database)).rejects.toMatchObject(refused);
    await expect(migrate(empty.database)).rejects.toMatchObject(refused);
    expect(await contents()).toEqual(before);
  });

  it('is refused where it lacks what this code needs: it is of another line of versions', async () => {
    await migrateNewer(empty.database, { '9999_a.sql': expanding });
    await empty.database.execute('delete from schema_migrations where id = 43');
    const refused = {
      code: 'SCHEMA_AHEAD',
      details: expect.objectContaining({ reason: 'it lacks 0043_older_code, which this code needs' }),
    };
    await expect(checkSchema(empty.database)).rejects.toMatchObject(refused);
    await expect(migrate(empty.database)).rejects.toMatchObject(refused);
  });

  it('is refused where one that this code knows was edited, however harmless the others are', async () => {
    await migrateNewer(empty.database, { '9999_a.sql': expanding });
    await empty.database.execute(`update schema_migrations set hash = 'of another text' where id = 1`);
    await expect(checkSchema(empty.database)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
    await expect(migrate(empty.database)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
  });

  it('is refused by what has to know every table', async () => {
    await migrate(empty.database);
    await requireKnownSchema(empty.database, 'it');
    await migrateNewer(empty.database, { '9999_a.sql': expanding });
    await expect(requireKnownSchema(empty.database, 'it')).rejects.toMatchObject({
      code: 'SCHEMA_AHEAD',
      details: expect.objectContaining({ reason: 'it takes a version that knows 9999_a' }),
    });
  });

  it('is judged before 0043 as well, when nothing was noted', async () => {
    await migrateTo(empty.database, 42);
    await expect(checkSchema(empty.database)).rejects.toMatchObject({ code: 'SCHEMA_BEHIND' });
    await empty.database.execute(
      `insert into schema_migrations (id, name, hash) values (9999, '9999_a.sql', 'a')`,
    );
    await expect(checkSchema(empty.database)).rejects.toMatchObject({
      code: 'SCHEMA_AHEAD',
      details: expect.objectContaining({ reason: '9999_a lets no older code work with it' }),
    });
  });
});
