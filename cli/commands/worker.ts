import type { Command } from 'commander';

const examples = `
Examples:
  $ tidewatch worker
  $ TIDEWATCH_CONSOLE=on tidewatch worker

Any number of workers may share a task queue. Configure it by the environment: see tidewatch --help.

Exit codes: 0 after SIGINT or SIGTERM; 2 if the environment is not valid; 3 if Postgres or Temporal does not answer.`;

/** `tidewatch worker` */
export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('run workflows and activities until SIGINT or SIGTERM')
    .addHelpText('after', examples)
    .action(async () => {
      const { readConfiguration } = await import('../../worker/configuration.ts');
      const configuration = readConfiguration(process.env);
      const { runWorker } = await import('../../worker/worker.ts');
      await runWorker(configuration);
    });
}
