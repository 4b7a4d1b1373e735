import type { Command } from 'commander';

import type { IngestOptions } from '../ingest/request.ts';

const examples = `
Reads CSV and JSON lines (gzipped or not), Parquet, - for standard input, and postgres:<table, view or select>. Before it starts,
it prints which column is what: by --map and --set, then the features of the applied monitor by name, then usual names
(timestamp, id, predicted, target ...). A file may hold predictions, actuals, or both.

<what> is entity, event_time, issued_at, version, role, prediction, interval_low, interval_high, probability:<class>, actual,
recorded_at; any other name is a feature. --set entity=@line uses the line number.

Examples:
  $ tidewatch ingest predictions.csv --model bike-demand --set version=3
  $ tidewatch ingest rows.csv --model bike-demand --map cnt=actual --map dteday=event_time --time-zone UTC --dry-run
  $ zcat log.jsonl.gz | tidewatch ingest - --model bike-demand

Rows are stored by their key, batch by batch: a file may be loaded again, and a killed load resumes where it was. Rejected rows
go to rejected_rows and, with line and reason, to <file>.rejected.jsonl beside the file; those of standard input and of a table
to stdin.rejected.jsonl and postgres.rejected.jsonl in the working directory. Once corrected, load them with
  $ jq -c .row rows.csv.rejected.jsonl | tidewatch ingest - --model bike-demand

Exit codes: 0; 2 for bad input or rejected rows (the others are stored); 3 if Postgres does not answer.`;

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** `tidewatch ingest` */
export function addIngest(program: Command): void {
  program
    .command('ingest <files...>')
    .description('load predictions and actuals from files')
    .requiredOption('--model <name>', 'the model they belong to')
    .option('--map <column=what>', 'what a column is; may be repeated', collect)
    .option('--set <what=value>', 'give every row this value; may be repeated', collect)
    .addOption(
      program.createOption('--only <stream>', 'store only these').choices(['predictions', 'actuals']),
    )
    .option('--time-zone <zone>', 'zone of times without one, for example UTC or Europe/Lisbon')
    .addOption(
      program
        .createOption('--dates <order>', 'order of dates such as 3/4/2026, if the rows do not tell')
        .choices(['day-first', 'month-first']),
    )
    .option('--allow-missing', 'store features of the monitor without a column as missing')
    .option(
      '--rejected <file>',
      'where to write rejected rows (default: <file>.rejected.jsonl, beside the file)',
    )
    .option('--restart', 'start an interrupted load over')
    .option('--dry-run', 'read and check everything, store and write nothing (rejected rows with --rejected)')
    .option('--json', 'print what became of the files as JSON')
    .addHelpText('after', examples)
    .action(async (files: string[], options: IngestOptions) => {
      const { requestOf } = await import('../ingest/request.ts');
      const request = requestOf(files, options);
      const { runIngest } = await import('../ingest/run-ingest.ts');
      process.exitCode = await runIngest(files, request);
    });
}
