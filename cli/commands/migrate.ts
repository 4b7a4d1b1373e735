import type { Command } from 'commander';

import { withAnyDatabase } from '../database.ts';
import { print, printable, printJson } from '../print.ts';

const examples = `
Examples:
  $ tidewatch migrate
  $ tidewatch migrate --roles
  $ tidewatch migrate --teams
  $ DATABASE_URL=postgres://tidewatch@db.example.org:5432/tidewatch tidewatch migrate --json

Forward only: take a backup first. Concurrent runs wait for each other; each migration is applied once. Workers keep running:
it waits 2 seconds for a lock, then lets others go first, and gives up after 15 tries.

--roles creates the roles tidewatch_ingest, tidewatch_worker, tidewatch_console and tidewatch_reader and grants each only what that
part needs. Then make logins members: create role loader login in role tidewatch_ingest. From then on, each migrate renews the
grants. --sql prints the statements for somebody else to run. See docs/security.md.

--teams also creates the roles, and a role tidewatch_team_<team> for each \`team:\` of a monitor; its members see and write only the rows
of their models. Later migrates keep teams apart and add new ones; --no-teams ends it.

Where a newer version has migrated the database, it does nothing and says whether this one can work with it.

Exit codes: 0; 2 for bad input or a newer schema that this version cannot work with; 3 if Postgres does not answer or others hold the tables.`;

/** `tidewatch migrate` */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the newest schema')
    .option('--roles', 'also create a role for each part of an installation')
    .option('--teams', 'keep the teams named by monitors apart, by row-level security')
    .option('--no-teams', 'stop keeping teams apart; only roles decide')
    .option('--sql', 'with --roles, print its statements without running them')
    .option('--json', 'print what was applied as JSON')
    .addHelpText('after', examples)
    .action(migrateDatabase);
}

interface MigrateOptions {
  readonly roles?: true;
  /** Undefined: as it is. */
  readonly teams?: boolean;
  readonly sql?: true;
  readonly json?: true;
}

async function migrateDatabase(options: MigrateOptions): Promise<void> {
  const { checkSchema, migrate, newerText, requireKnownSchema } = await import('../../sql/migrator.ts');
  const { grantRoles, renewGrants, roleStatements } = await import('../../sql/roles.ts');
  const { areTeamsApart, bringTeamsTogether, keepTeamsApart } = await import('../../sql/teams.ts');
  const { afterMigrate } = await import('../next-step.ts');
  if (options.sql) {
    const statements = await withAnyDatabase('tidewatch-migrate', roleStatements);
    for (const statement of statements) print(`${statement};`);
    return;
  }
  const { applied, newer, granted, teams } = await withAnyDatabase('tidewatch-migrate', async (database) => {
    const applied = await migrate(database);
    const newer = await checkSchema(database);
    if (options.teams !== undefined)
      await requireKnownSchema(database, `\`tidewatch migrate --${options.teams ? '' : 'no-'}teams\``);
    // This version would take away what the newer one has granted to its own.
    if (newer.length > 0) return { applied, newer, granted: 'unchanged', teams: null };
    if (options.roles || options.teams) await grantRoles(database);
    const granted = options.roles || options.teams ? 'granted' : await renewGrants(database);
    if (options.teams === false) await bringTeamsTogether(database);
    const isApart = options.teams ?? (await areTeamsApart(database));
    return { applied, newer, granted, teams: isApart ? await keepTeamsApart(database) : null };
  });
  if (options.json) printJson({ applied, newer, roles: granted, teams });
  else if (newer.length > 0) print(`nothing to migrate or to grant: ${newerText(newer)}`);
  else {
    if (applied.length === 0) print('nothing to migrate');
    for (const name of applied) print(`applied ${name}`);
    if (granted === 'granted') print('granted to the roles what each needs');
    if (teams !== null)
      print(`keeps teams apart: ${printable(teams.join(', ')) || 'no monitor names one yet'}`);
    print(afterMigrate);
  }
}
