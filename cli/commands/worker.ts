import type { Command } from 'commander';

/** `tidewatch worker` */
export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('run workflows and activities until SIGINT or SIGTERM')
    .action(async () => {
      const { readConfiguration } = await import('../../worker/configuration.ts');
      const configuration = readConfiguration(process.env);
      const { runWorker } = await import('../../worker/worker.ts');
      await runWorker(configuration);
    });
}
