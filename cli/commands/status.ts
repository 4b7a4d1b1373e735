import type { Command } from 'commander';
import { print, printJson, printNote, printable } from '../print.ts';

interface Options {
  readonly model?: string;
  readonly explain?: true;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidewatch status
  $ tidewatch status --model bike-demand --explain

Exit codes: 0, even if a model is degraded; 2 for a model that no monitor watches; 3 if Postgres does not answer.`;

/** `tidewatch status` */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('show the watched models: verdict, performance, drift, open alerts, champion')
    .option('--model <name>', 'only this one, in detail')
    .option(
      '--explain',
      'show failed data checks, columns that differ or cannot be judged and why, and each rule with its evidence',
    )
    .option('--json', 'print everything as JSON')
    .addHelpText('after', examples)
    .action(status);
}

async function status(options: Options): Promise<void> {
  const { withDatabase } = await import('../database.ts');
  const { readStatuses } = await import('../status/read-statuses.ts');
  const { model } = options;

  const models = await withDatabase('tidewatch-status', async (database) => {
    return readStatuses(database, model, printNote);
  });

  if (options.json) {
    const { statusJson } = await import('../status/status-json.ts');
    printJson(models.map(statusJson));
    return;
  }
  const { screen } = await import('../paint.ts');
  const { scheduleNote, statusTable, statusText } = await import('../status/status-text.ts');
  if (models.length === 0)
    print('nothing is watched yet; write monitors/<model>.yaml and run `tidewatch apply`');
  else if (model === undefined && !options.explain) {
    print(statusTable(printable(models), screen()));
    const note = scheduleNote(models);
    if (note !== undefined) printNote(note);
  } else {
    const detail = options.explain ? 'explain' : 'short';
    print(
      printable(models)
        .map((status) => statusText(status, detail, screen(), Date.now()))
        .join('\n\n'),
    );
  }
}
