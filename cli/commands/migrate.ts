import type { Command } from 'commander';

/** `tidewatch migrate` */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the newest schema')
    .option('--json', 'print what was applied as JSON')
    .action(migrateDatabase);
}

async function migrateDatabase(options: { readonly json?: true }): Promise<void> {
  const { readConfiguration } = await import('../../worker/configuration.ts');
  const { openDatabase } = await import('../../sql/database.ts');
  const { migrate } = await import('../../sql/migrator.ts');
  const { databaseUrl } = readConfiguration(process.env);
  const database = openDatabase({ url: databaseUrl, poolSize: 1, applicationName: 'tidewatch-migrate' });
  try {
    const applied = await migrate(database);
    if (options.json) console.log(JSON.stringify({ applied }));
    else if (applied.length === 0) console.log('nothing to migrate');
    else for (const name of applied) console.log(`applied ${name}`);
  } finally {
    await database.close();
  }
}
