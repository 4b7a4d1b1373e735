import type { Command } from 'commander';

import type { ForgetOptions } from '../forget/run-forget.ts';

const examples = `
Examples:
  $ tidewatch forget bike-demand --plan
  $ tidewatch forget bike-demand
  $ tidewatch forget bike-demand --yes --json

For a model that is no longer served: first delete its monitor file and run tidewatch apply --prune, or pause it. This deletes its
predictions, actuals and outcomes, everything computed from them, alerts, reports, retrainings and versions, its schedules in Temporal
and its groups in the Pushgateway. Two tables keep a record: removals of how many rows of which table were deleted and when,
audit_events of who did it. It runs beside everything else, some thousands of rows at a time. If it is stopped or fails, run it again:
it continues.

Like tidewatch migrate, it connects as the owner of the tables. docs/storage.md says what it does not reach, and how to delete the rows
of a single entity.

Exit codes: 0, also if the model was forgotten before; 2 for a model without stored data, one in use or still being written, or if
somebody else owns the tables; 3 if Postgres, Temporal or the Pushgateway does not answer, or others hold its rows.`;

/** `tidewatch forget` */
export function addForget(program: Command): void {
  program
    .command('forget <model>')
    .description('delete everything stored about a withdrawn model')
    .option('--plan', 'show what would be deleted and what is in the way, and delete nothing')
    .option('--yes', 'do not ask for its name')
    .option('--by <name>', 'who you are; by default your name on this machine')
    .option(
      '--monitors <directory>',
      'where the monitor files are, to see whether its own is still there',
      'monitors',
    )
    .option('--json', 'print what would be, or was, deleted as JSON')
    .addHelpText('after', examples)
    .action(async (model: string, options: ForgetOptions) => {
      const { runForget } = await import('../forget/run-forget.ts');
      await runForget(model, options);
    });
}
