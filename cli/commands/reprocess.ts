import type { Command } from 'commander';

import type { ReprocessOptions } from '../reprocess/request.ts';

const examples = `
Examples:
  $ tidewatch reprocess --model bike-demand --from 2011-05-01 --to 2011-05-08
  $ tidewatch reprocess --model bike-demand --from 2011-01-01 --to 2012-01-01 --step 7d --detach

The same range of a model runs once at a time: asked again, it is joined. Drift stays as it was.

Exit codes: 0; 2 for bad input, or a run that has failed; 3 where Postgres or Temporal does not answer.`;

/** `tidewatch reprocess` */
export function addReprocess(program: Command): void {
  program
    .command('reprocess')
    .description('compute the stored performance of a range of the past again, final windows included')
    .requiredOption('--model <name>', 'whose')
    .requiredOption('--from <day>', 'the first day, or an instant on a full hour')
    .requiredOption('--to <day>', 'the day after the last, or an instant on a full hour')
    .option('--step <duration>', 'how much of it at a time', '1d')
    .option('--detach', 'start it and do not wait for its end')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action(async (options: ReprocessOptions) => {
      const { runReprocess } = await import('../reprocess/run-reprocess.ts');
      await runReprocess(options);
    });
}
