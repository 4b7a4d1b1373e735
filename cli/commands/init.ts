import type { Command } from 'commander';

import type { InitOptions } from '../init/run-init.ts';
import { tableNote } from '../table-note.ts';
import { print, printable } from '../print.ts';

const examples = `
Columns that are called as usual (timestamp, id, "Predicted Minutes", y_pred, target ...) need no option; where several are, it says which,
and which option settles it. It prints what becomes of each column and why, warnings, and the line that loads the rows.

Examples:
  $ tidewatch init bike-demand --from january.csv --actual cnt
  $ tidewatch init bike-demand --from 'postgres:select * from scored' --actual cnt --time scored_at
  $ tidewatch init bike-demand --from postgres:scoring.scores --source
  $ tidewatch init --expectations --reference january.csv
  $ tidewatch init --expectations --model bike-demand --output bikes.yaml

Exit codes: 0; 2 for bad input, also where the file is there already; 3 where Postgres does not answer.`;

/** `tidewatch init` */
export function addInit(program: Command): void {
  program
    .command('init [model]')
    .description('write a first monitor of a model, or a suite of expectations, to be edited by hand')
    .option('--from <table>', 'the features of the monitor: the columns of this table')
    .option('--actual <column>', 'the column of the actuals in that table; it tells the task')
    .option('--prediction <column>', 'the column of the predictions in that table')
    .option('--entity <column>', 'the column that says what a row is about')
    .option('--time <column>', 'the column of the event times; it tells the days of the reference')
    .option('--issued-at <column>', 'the column that says when a prediction was made')
    .option('--recorded-at <column>', 'the column that says when the actual became known')
    .option('--version-column <column>', 'the column of the version of the model')
    .option('--time-zone <zone>', 'of times without a zone, for example UTC or Europe/Lisbon')
    .addOption(
      program
        .createOption('--dates <order>', 'of dates such as 3/4/2026, where the rows do not tell')
        .choices(['day-first', 'month-first']),
    )
    .option('--source', 'leave the rows in that table, and have each run read what is new there')
    .option('--expectations', 'write what may be expected of each column instead')
    .option('--reference <table>', 'expectations: suggest them from this table')
    .option('--model <name>', 'expectations: suggest them from the stored reference of this model')
    .option('-o, --output <file>', 'where to write; by default monitors/<model>.yaml or expectations.yaml')
    .option('--force', 'replace the file if it is there')
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
