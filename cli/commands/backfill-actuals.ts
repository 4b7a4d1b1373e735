import type { Command } from 'commander';

import type { RunOptions } from '../run/request.ts';

const examples = `
Examples:
  $ tidewatch backfill-actuals --model bike-demand
  $ tidewatch backfill-actuals --model bike-demand --from 2011-05-01 --to 2011-05-08

Without a range: what has arrived since the last run, however old it is. With one: the actuals of its event times. The windows
that they touch are evaluated again in the night, or by tidewatch run performance-evaluation.

Exit codes: 0; 2 for bad input, or a run that has failed; 3 where Postgres or Temporal does not answer.`;

/** `tidewatch backfill-actuals` */
export function addBackfillActuals(program: Command): void {
  program
    .command('backfill-actuals')
    .description('join actuals that have arrived to their predictions now')
    .requiredOption('--model <name>', 'whose')
    .option('--from <day>', 'the first day, or an instant on a full hour')
    .option('--to <day>', 'the day after the last, or an instant on a full hour')
    .option('--detach', 'start it and do not wait for its end')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action(async (options: RunOptions) => {
      const { startRun } = await import('../run/start-run.ts');
      process.exitCode = await startRun('actuals-backfill', options);
    });
}
