import type { Command } from 'commander';

interface Options {
  readonly model?: string;
  readonly days: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidewatch storage
  $ tidewatch storage --model bike-demand --days 365

What would be removed next: tidewatch run storage-maintenance --plan

Exit codes: 0; 2 for bad input; 3 if Postgres does not answer.`;

/** `tidewatch storage` */
export function addStorage(program: Command): void {
  program
    .command('storage')
    .description('show how much space tables and models take, and what was removed or rolled up')
    .option('--model <name>', 'only what was removed of this model')
    .option('--days <number>', 'how far back to look', '30')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      const { printStorage } = await import('../storage/print-storage.ts');
      await printStorage(options);
    });
}
