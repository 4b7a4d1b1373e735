import type { Command } from 'commander';

import type { ReprocessOptions } from '../reprocess/request.ts';

const examples = `
Examples:
  $ tidewatch reprocess --model bike-demand --from 2011-05-01 --to 2011-05-08
  $ tidewatch reprocess --model bike-demand --from 2011-01-01 --to 2012-01-01 --step 7d --detach

A range of a model runs once at a time: asked again, the command joins that run. Drift stays as it was.

Exit codes: 0; 2 for bad input or a failed run; 3 if Postgres or Temporal does not answer.`;

/** `tidewatch reprocess` */
export function addReprocess(program: Command): void {
  program
    .command('reprocess')
    .description('recompute the stored performance of a past range, final windows included')
    .requiredOption('--model <name>', 'the model')
    .requiredOption('--from <day>', 'the first day, or an instant on a full hour')
    .requiredOption('--to <day>', 'the day after the last, or an instant on a full hour')
    .option('--step <duration>', 'how much of it at a time', '1d')
    .option('--detach', 'start it without waiting for its end')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action(async (options: ReprocessOptions) => {
      const { runReprocess } = await import('../reprocess/run-reprocess.ts');
      await runReprocess(options);
    });
}
