import type { Command } from 'commander';

import type { InitOptions } from '../init/run-init.ts';
import { tableNote } from '../table-note.ts';
import { print, printable } from '../print.ts';

const examples = `
Columns with usual names (timestamp, id, "Predicted Minutes", y_pred, target ...) need no option; if several match, it lists them and the
option that settles it. It prints what becomes of each column and why, warnings, and the command that loads the rows.

Examples:
  $ tidewatch init bike-demand --from january.csv --actual cnt
  $ tidewatch init bike-demand --from 'postgres:select * from scored' --actual cnt --time scored_at
  $ tidewatch init bike-demand --from postgres:scoring.scores --source
  $ tidewatch init --expectations --reference january.csv
  $ tidewatch init --expectations --model bike-demand --output bikes.yaml

Exit codes: 0; 2 for bad input or an existing file; 3 if Postgres does not answer.`;

/** `tidewatch init` */
export function addInit(program: Command): void {
  program
    .command('init [model]')
    .description('write a first monitor for a model, or a suite of expectations, for you to edit')
    .option('--from <table>', 'take the features of the monitor from this table')
    .option('--actual <column>', 'the column of actuals in that table; determines the task')
    .option('--prediction <column>', 'the column of predictions in that table')
    .option('--entity <column>', 'the column that says what a row is about')
    .option('--time <column>', 'the column of event times; determines the reference days')
    .option('--issued-at <column>', 'the column that says when a prediction was made')
    .option('--recorded-at <column>', 'the column that says when the actual became known')
    .option('--version-column <column>', 'the column of the model version')
    .option('--time-zone <zone>', 'zone of times without one, for example UTC or Europe/Lisbon')
    .addOption(
      program
        .createOption('--dates <order>', 'order of dates such as 3/4/2026, if the rows do not tell')
        .choices(['day-first', 'month-first']),
    )
    .option('--source', 'leave the rows in that table; each run reads what is new')
    .option('--expectations', 'write expectations for each column instead')
    .option('--reference <table>', 'expectations: suggest them from this table')
    .option('--model <name>', 'expectations: suggest them from the stored reference of this model')
    .option('-o, --output <file>', 'where to write; by default monitors/<model>.yaml or expectations.yaml')
    .option('--force', 'replace an existing file')
    .addHelpText('after', tableNote)
    .addHelpText('after', examples)
    .action(async (model: string | undefined, options: InitOptions) => {
      const { runInit } = await import('../init/run-init.ts');
      const { afterInit } = await import('../next-step.ts');
      const file = await runInit(model, options, (line) => print(printable(line)));
      print(`wrote ${file}`);
      print(printable(afterInit(file, options.expectations ? 'expectations' : 'monitor')));
    });
}
