import type { Database } from '../../sql/database.ts';
import { listMigrations } from '../../sql/migrator.ts';

/** An empty database becomes what it was after a migration. */
export async function migrateTo(database: Database, id: number): Promise<void> {
  await database.execute(
    `create table schema_migrations (
       id integer constraint schema_migrations_pkey primary key, name text not null, hash text not null,
       applied_at timestamptz not null default now())`,
  );
  for (const { id: number, name, text, hash } of (await listMigrations()).filter((one) => one.id <= id)) {
    await database.execute(text);
    await database.execute('insert into schema_migrations (id, name, hash) values ($1, $2, $3)', [
      number,
      name,
      hash,
    ]);
  }
}
