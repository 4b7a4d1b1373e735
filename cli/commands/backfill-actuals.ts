import type { Command } from 'commander';

import type { RunOptions } from '../run/request.ts';

const examples = `
Examples:
  $ tidewatch backfill-actuals --model bike-demand
  $ tidewatch backfill-actuals --model bike-demand --from 2011-05-01 --to 2011-05-08

Without a range: whatever arrived since the last run, however old. With one: the actuals of its event times. Windows that they
touch are evaluated again at night, or by tidewatch run performance-evaluation.

Exit codes: 0; 2 for bad input or a failed run; 3 if Postgres or Temporal does not answer.`;

/** `tidewatch backfill-actuals` */
export function addBackfillActuals(program: Command): void {
  program
    .command('backfill-actuals')
    .description('join arrived actuals to their predictions now')
    .requiredOption('--model <name>', 'the model')
    .option('--from <day>', 'the first day, or an instant on a full hour')
    .option('--to <day>', 'the day after the last, or an instant on a full hour')
    .option('--detach', 'start it without waiting for its end')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action(async (options: RunOptions) => {
      const { startRun } = await import('../run/start-run.ts');
      process.exitCode = await startRun('actuals-backfill', options);
    });
}
