import type { Command } from 'commander';

import { withDatabase } from '../database.ts';
import { print, printJson } from '../print.ts';

const examples = `
Examples:
  $ tidewatch migrate
  $ tidewatch migrate --roles
  $ DATABASE_URL=postgres://tidewatch@db.example.org:5432/tidewatch tidewatch migrate --json

Only forward: take a backup first. Several at once wait for each other, and each migration is applied once. Workers go on meanwhile:
it waits for a lock for 2 seconds, lets others go first, and gives up after 15 tries.

--roles makes the roles tidewatch_ingest, tidewatch_worker, tidewatch_console and tidewatch_reader and grants to each what that part
needs, and no more; then let logins be members: create role loader login in role tidewatch_ingest. Once they are made, each
migrate grants anew. --sql prints the statements for somebody else to run. docs/security.md has the whole of it.

Exit codes: 0; 2 for bad input; 3 where Postgres does not answer, or others hold the tables.`;

/** `tidewatch migrate` */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the newest schema')
    .option('--roles', 'make a role for each part of an installation as well')
    .option('--sql', 'with --roles, print its statements and run none of them')
    .option('--json', 'print what was applied as JSON')
    .addHelpText('after', examples)
    .action(migrateDatabase);
}

interface MigrateOptions {
  readonly roles?: true;
  readonly sql?: true;
  readonly json?: true;
}

async function migrateDatabase(options: MigrateOptions): Promise<void> {
  const { migrate } = await import('../../sql/migrator.ts');
  const { grantRoles, renewGrants, roleStatements } = await import('../../sql/roles.ts');
  const { afterMigrate } = await import('../next-step.ts');
  if (options.sql) {
    const statements = await withDatabase('tidewatch-migrate', roleStatements);
    for (const statement of statements) print(`${statement};`);
    return;
  }
  const { applied, granted } = await withDatabase('tidewatch-migrate', async (database) => {
    const applied = await migrate(database);
    if (!options.roles) return { applied, granted: await renewGrants(database) };
    await grantRoles(database);
    return { applied, granted: 'granted' as const };
  });
  if (options.json) printJson({ applied, roles: granted });
  else {
    if (applied.length === 0) print('nothing to migrate');
    for (const name of applied) print(`applied ${name}`);
    if (granted === 'granted') print('granted to the roles what each needs');
    print(afterMigrate);
  }
}
