import type { Command } from 'commander';

import { withDatabase } from '../database.ts';

/** `tidewatch migrate` */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the newest schema')
    .option('--json', 'print what was applied as JSON')
    .action(migrateDatabase);
}

async function migrateDatabase(options: { readonly json?: true }): Promise<void> {
  const { migrate } = await import('../../sql/migrator.ts');
  const applied = await withDatabase('tidewatch-migrate', migrate);
  if (options.json) console.log(JSON.stringify({ applied }));
  else if (applied.length === 0) console.log('nothing to migrate');
  else for (const name of applied) console.log(`applied ${name}`);
}
