import type { Command } from 'commander';

import type { ForgetOptions } from '../forget/run-forget.ts';

const examples = `
Examples:
  $ tidewatch forget bike-demand --plan
  $ tidewatch forget bike-demand
  $ tidewatch forget bike-demand --yes --json

For a model that is not served any more: delete its monitor file and run tidewatch apply --prune first, or pause it. Deleted are its
predictions, actuals and outcomes, all that was computed of them, alerts, reports, retrainings and versions, its schedules in Temporal and
its groups of the Pushgateway. Two tables keep an account: removals has how many rows of which table went and when, audit_events who had
it done. It runs beside everything else, some thousands of rows at a time. Where it is ended or fails, the same command goes on.

It connects as tidewatch migrate does: as who owns the tables. docs/storage.md says what it does not reach, and how the rows of a single
entity are deleted.

Exit codes: 0, also where nothing is left; 2 for a model of which nothing is stored, one that is in use or still written, or where
somebody else owns the tables; 3 where Postgres, Temporal or the Pushgateway does not answer, or others hold its rows.`;

/** `tidewatch forget` */
export function addForget(program: Command): void {
  program
    .command('forget <model>')
    .description('delete everything that is stored of a model that was withdrawn')
    .option('--plan', 'show what would be deleted and what is in the way, and delete nothing')
    .option('--yes', 'do not ask for its name')
    .option('--by <name>', 'who you are; by default your name on this machine')
    .option(
      '--monitors <directory>',
      'where the monitor files are, to say whether its is still there',
      'monitors',
    )
    .option('--json', 'print what would go, or has gone, as JSON')
    .addHelpText('after', examples)
    .action(async (model: string, options: ForgetOptions) => {
      const { runForget } = await import('../forget/run-forget.ts');
      await runForget(model, options);
    });
}
