import type { Command } from 'commander';

import { withAnyDatabase } from '../database.ts';
import { print, printable, printJson } from '../print.ts';

const examples = `
Examples:
  $ tidewatch migrate
  $ tidewatch migrate --roles
  $ tidewatch migrate --teams
  $ DATABASE_URL=postgres://tidewatch@db.example.org:5432/tidewatch tidewatch migrate --json

Only forward: take a backup first. Several at once wait for each other, and each migration is applied once. Workers go on meanwhile:
it waits for a lock for 2 seconds, lets others go first, and gives up after 15 tries.

--roles makes the roles tidewatch_ingest, tidewatch_worker, tidewatch_console and tidewatch_reader and grants to each what that part
needs, and no more; then let logins be members: create role loader login in role tidewatch_ingest. Once they are made, each
migrate grants anew. --sql prints the statements for somebody else to run. docs/security.md has the whole of it.

--teams makes the roles as well, and a role tidewatch_team_<team> for each \`team:\` of a monitor, whose members see and write rows of their
models only. Later ones keep it so, and take in new teams; --no-teams ends it.

Exit codes: 0; 2 for bad input; 3 where Postgres does not answer, or others hold the tables.`;

/** `tidewatch migrate` */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the newest schema')
    .option('--roles', 'make a role for each part of an installation as well')
    .option('--teams', 'keep the teams that monitors name apart, by row-level security')
    .option('--no-teams', 'let everybody see again what their role may')
    .option('--sql', 'with --roles, print its statements and run none of them')
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
  const { migrate } = await import('../../sql/migrator.ts');
  const { grantRoles, renewGrants, roleStatements } = await import('../../sql/roles.ts');
  const { areTeamsApart, bringTeamsTogether, keepTeamsApart } = await import('../../sql/teams.ts');
  const { afterMigrate } = await import('../next-step.ts');
  if (options.sql) {
    const statements = await withAnyDatabase('tidewatch-migrate', roleStatements);
    for (const statement of statements) print(`${statement};`);
    return;
  }
  const { applied, granted, teams } = await withAnyDatabase('tidewatch-migrate', async (database) => {
    const applied = await migrate(database);
    if (options.roles || options.teams) await grantRoles(database);
    const granted = options.roles || options.teams ? 'granted' : await renewGrants(database);
    if (options.teams === false) await bringTeamsTogether(database);
    const isApart = options.teams ?? (await areTeamsApart(database));
    return { applied, granted, teams: isApart ? await keepTeamsApart(database) : null };
  });
  if (options.json) printJson({ applied, roles: granted, teams });
  else {
    if (applied.length === 0) print('nothing to migrate');
    for (const name of applied) print(`applied ${name}`);
    if (granted === 'granted') print('granted to the roles what each needs');
    if (teams !== null)
      print(`keeps teams apart: ${printable(teams.join(', ')) || 'no monitor names one yet'}`);
    print(afterMigrate);
  }
}
