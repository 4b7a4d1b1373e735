/** ops/postgres/databases.sql, followed by a program: the image has psql, a laptop may not. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from '../../sql/database.ts';
import { migrate } from '../../sql/migrator.ts';
import { grantRoles } from '../../sql/roles.ts';
import { testServers } from '../setup/servers.ts';
import { opsDirectory } from './prometheus-rules.ts';

const owners = ['temporal', 'tidewatch', 'grafana', 'exporter', 'worker', 'console', 'ingest'];
const databases = ['temporal', 'temporal_visibility', 'tidewatch'];

const urlOf = (database: string, user?: string): string => {
  const url = new URL(testServers().postgresAdminUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) Object.assign(url, { username: user, password: `password of ${user}` });
  return url.href;
};

const opened: Database[] = [];
const open = (database: string, user?: string): Database => {
  const connection = openDatabase({ url: urlOf(database, user), poolSize: 1 });
  opened.push(connection);
  return connection;
};

/** What psql does with the file: `\\set name`, `\\connect database`, and statements that end at the end of a line. */
async function follow(text: string): Promise<void> {
  const passwords = new Map<string, string>();
  let connection = open('postgres');
  let statement = '';
  for (const line of text.split('\n').filter((line) => !line.startsWith('--'))) {
    const [, name, secret] = /^\\set (\w+) `cat \/run\/secrets\/(\w+)-db-password`$/.exec(line) ?? [];
    const [, database] = /^\\connect (\w+)$/.exec(line) ?? [];
    if (name !== undefined) passwords.set(name, `password of ${secret}`);
    else if (database !== undefined) connection = open(database);
    else statement += `${line}\n`;
    if (!line.endsWith(';')) continue;
    await connection.execute(
      statement.replaceAll(/:'(\w+)'/g, (_, name: string) => `'${passwords.get(name)!}'`),
    );
    statement = '';
  }
}

/** Roles and databases are of the whole server, which the other tests share. */
async function cleanUp(): Promise<void> {
  for (const connection of opened.splice(0)) await connection.close();
  const admin = openDatabase({ url: urlOf('postgres'), poolSize: 1 });
  for (const name of databases) await admin.execute(`drop database if exists ${name} with (force)`);
  for (const name of owners) await admin.execute(`drop role if exists ${name}`);
  await admin.close();
}

describe('ops/postgres/databases.sql', () => {
  beforeAll(async () => {
    await cleanUp();
    await follow(await readFile(join(opsDirectory, 'postgres/databases.sql'), 'utf8'));
    await migrate(open('tidewatch', 'tidewatch'));
    await grantRoles(open('tidewatch', 'tidewatch'));
  });
  afterAll(cleanUp);

  it('gives each application its databases, and lets it into no other', async () => {
    await open('temporal_visibility', 'temporal').execute('create table mine (id int)');
    const elsewhere = open('temporal', 'tidewatch').query('select 1');
    await expect(elsewhere).rejects.toThrow('permission denied for database "temporal"');
  });

  it('lets the worker, the console and who logs predictions do what their roles may, and no more', async () => {
    await open('tidewatch', 'ingest').query('select ensure_partitions(now(), now())');
    await open('tidewatch', 'worker').execute('delete from dirty_windows');
    await open('tidewatch', 'console').query('select * from audit_events');
    for (const user of ['ingest', 'worker', 'console'])
      await expect(open('tidewatch', user).execute('delete from monitors')).rejects.toThrow(
        'permission denied',
      );
  });

  it('lets Grafana read what Tidewatch has made afterwards, views and partitions among it', async () => {
    const grafana = open('tidewatch', 'grafana');
    for (const name of ['monitors', 'predictions', 'model_performance', 'latest_performance_evaluations'])
      expect(await grafana.query(`select count(*) as rows from ${name}`)).toEqual([{ rows: 0 }]);
  });

  it('lets Grafana change nothing, and ask nothing for longer than half a minute', async () => {
    const grafana = open('tidewatch', 'grafana');
    const write = grafana.execute(`insert into dirty_windows (model, stage) values ('m', 'outcomes')`);
    await expect(write).rejects.toThrow(/read-only transaction|permission denied/);
    expect(await grafana.query('show statement_timeout')).toEqual([{ statement_timeout: '30s' }]);
  });

  it('lets the exporter see how busy every database is', async () => {
    const [row] = await open('tidewatch', 'exporter').query<{ size: number }>(
      `select pg_database_size('temporal') as size`,
    );
    expect(row!.size).toBeGreaterThan(0);
  });
});
