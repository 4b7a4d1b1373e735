import type { Command } from 'commander';

import { withDatabase } from '../database.ts';
import { print, printJson } from '../print.ts';

const examples = `
Examples:
  $ tidewatch migrate
  $ DATABASE_URL=postgres://tidewatch@db.example.org:5432/tidewatch tidewatch migrate --json

Only forward: take a backup first. Several at once wait for each other, and each migration is applied once.

Exit codes: 0; 2 for bad input; 3 where Postgres does not answer.`;

/** `tidewatch migrate` */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the newest schema')
    .option('--json', 'print what was applied as JSON')
    .addHelpText('after', examples)
    .action(migrateDatabase);
}

async function migrateDatabase(options: { readonly json?: true }): Promise<void> {
  const { migrate } = await import('../../sql/migrator.ts');
  const applied = await withDatabase('tidewatch-migrate', migrate);
  if (options.json) printJson({ applied });
  else if (applied.length === 0) print('nothing to migrate');
  else for (const name of applied) print(`applied ${name}`);
}
