import type { Command } from 'commander';

interface Options {
  readonly model?: string;
  readonly every: string;
}

const examples = `
On a terminal it redraws the status whenever it may have changed; q or Ctrl-C ends it. Elsewhere, such as in a log, it prints a
line for each change of a model's verdict, drift, champion or alerts.

Examples:
  $ tidewatch watch
  $ tidewatch watch --model bike-demand --every 5s

Exit codes: 0; 2 for a model that no monitor watches; 3 if Postgres does not answer at the start.`;

/** `tidewatch watch` */
export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('show the status of the watched models as it changes')
    .option('--model <name>', 'only this one, in detail')
    .option('--every <duration>', 'how often to look', '10s')
    .addHelpText('after', examples)
    .action(async ({ model, every }: Options) => {
      const { runWatch } = await import('../watch/run-watch.ts');
      await runWatch(model, every);
    });
}
