import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Database } from '../../sql/database.ts';
import { listMigrations, migrate } from '../../sql/migrator.ts';
import { makeTemporaryDirectory } from '../../sql/temporary-directory.ts';

/** Adds what older code works with, and does not know. */
export const expanding = `-- What a service says of its predictions.
-- older code: works

alter table predictions add column latency_ms integer;
alter table alerts add column urgency text not null default 'usual';
create table notes (
  model text not null,
  words text not null,
  constraint notes_pkey primary key (model, words)
);
create index alerts_urgency on alerts (urgency);
`;

/** Takes away what older code may read. */
export const contracting = `-- Nobody asks any more how a model performs.
-- older code: refused

-- safe: the release before does not read it
drop view model_performance;
`;

/** What a newer version does to a database: it applies all migrations of this one, and those in `files`, by name. */
export function migrateNewer(database: Database, files: Readonly<Record<string, string>>): Promise<string[]> {
  return migrateBy(database, Infinity, files);
}

/** What `tidewatch migrate` of the version did whose newest migration it is. */
export function migrateUpTo(database: Database, id: number): Promise<string[]> {
  return migrateBy(database, id, {});
}

async function migrateBy(
  database: Database,
  newest: number,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { path, remove } = await makeTemporaryDirectory();
  try {
    const known = (await listMigrations()).filter(({ id }) => id <= newest);
    for (const { name, text } of known) await writeFile(join(path, name), text);
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
    return await migrate(database, { directory: pathToFileURL(`${path}/`) });
  } finally {
    await remove();
  }
}
