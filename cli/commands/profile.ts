import type { Command } from 'commander';

import type { CompareOptions } from '../compare/request.ts';
import { nameList } from '../name-list.ts';
import { tableNote } from '../table-note.ts';
import { example } from './example.ts';
import { print, printFile, printJson, printable } from '../print.ts';

interface WriteOptions {
  readonly columns?: readonly string[];
  readonly categorical?: readonly string[];
  readonly continuous?: readonly string[];
  readonly like?: string;
  readonly output: string;
}

interface ShowOptions {
  readonly json?: true;
  readonly csv?: true;
}

type ComparisonOptions = Pick<
  CompareOptions,
  'format' | 'json' | 'output' | 'failOnDrift' | 'columns' | 'method' | 'threshold' | 'alpha'
>;

const examples = `
Examples:
  $ tidewatch profile write january.parquet --output january.profile
  $ tidewatch profile write february.csv --like january.profile --output february.profile
  $ tidewatch profile write 'postgres:select * from weather where day < 30' --output weather.profile
  $ tidewatch profile merge january.profile february.profile --output winter.profile
  $ tidewatch profile show february.profile
  $ tidewatch profile compare january.profile february.profile --fail-on-drift
  $ tidewatch compare --profile january.profile --current february.csv

Exit codes: 0; 1 with --fail-on-drift if anything drifted; 2 for bad input, or with --fail-on-drift if nothing could be
judged; 3 if Postgres does not answer.`;

/** `tidewatch profile` */
export function addProfile(program: Command): void {
  const profile = program
    .command('profile')
    .description('summarize tables in small files to add up and compare; needs no server')
    .addHelpText('after', examples);

  profile
    .command('write')
    .description('profile a CSV or Parquet file, or a Postgres table')
    .argument('<table>', 'what to profile')
    .requiredOption('-o, --output <file>', 'the profile to write')
    .option('--like <profile>', 'profile the columns of this profile in its cells, to compare the two')
    .option('--columns <names>', 'only these columns, comma-separated', nameList)
    .addOption(kindOption(profile, 'categorical', 'count every value of these columns as a category'))
    .addOption(kindOption(profile, 'continuous', 'read these columns as numbers'))
    .addHelpText('after', tableNote)
    .addHelpText('after', example('profile write january.parquet --output january.profile'))
    .action(write);

  profile
    .command('show')
    .description('print what a profile knows about each column')
    .argument('<profile>', 'a file written by `tidewatch profile write`')
    .option('--json', 'print everything as JSON, with the bounds of quantiles')
    .addOption(profile.createOption('--csv', 'print comma-separated values').conflicts('json'))
    .addHelpText(
      'after',
      example('profile show january.profile', 'profile show january.profile --csv > columns.csv'),
    )
    .action(show);

  profile
    .command('merge')
    .description('add up profiles of different rows, counted in the same cells')
    .argument('<profiles...>', 'the files; all but one written with --like')
    .requiredOption('-o, --output <file>', 'the profile to write')
    .addHelpText('after', example('profile merge january.profile february.profile --output winter.profile'))
    .action(merge);

  profile
    .command('compare')
    .description('compare two profiles column by column, as `tidewatch compare` compares tables')
    .argument('<reference>', 'the profile of the rows of accepted quality')
    .argument('<current>', 'the profile to compare with it, written with --like <reference>')
    .addOption(
      profile
        .createOption('--format <format>', 'how to print the report (default: table)')
        .choices(['table', 'json', 'html', 'junit']),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'write the report to a file')
    .option('--fail-on-drift', 'exit with code 1 if a column, or all of them together, drifted')
    .option('--columns <names>', 'only these columns, comma-separated', nameList)
    .option('--method <method...>', 'the deciding method for all columns, or <column>=<method>')
    .option('--threshold <number...>', 'a fixed threshold for all columns, or <column>=<number>')
    .option('--alpha <number>', 'the accepted share of false alarms among all alarms (default: 0.05)')
    .addHelpText('after', example('profile compare january.profile february.profile --fail-on-drift'))
    .action(compare);
}

function kindOption(
  profile: Command,
  kind: string,
  description: string,
): ReturnType<Command['createOption']> {
  // The kinds of the columns are part of the other profile.
  return profile.createOption(`--${kind} <names>`, description).argParser(nameList).conflicts('like');
}

async function write(path: string, options: WriteOptions): Promise<void> {
  const { writeTableProfile } = await import('../profile/write-profile.ts');
  const { openBar } = await import('../progress-bar.ts');
  const { columns, categorical = [], continuous = [], like, output } = options;
  const wishes = { ...(columns !== undefined && { columns }), categorical, continuous };
  const bar = await openBar('columns');
  const { content, leftOut } = await writeTableProfile(
    { table: path, output, wishes, ...(like !== undefined && { like }) },
    bar.update,
  ).finally(bar.close);
  const { counted } = await import('../profile/summary-text.ts');
  for (const { name, reason } of printable(leftOut)) print(`left out ${name}: ${reason}`);
  print(
    `${output}: ${counted(content.columns.length, 'column')}, ${counted(content.rows, 'row')} of ${path}`,
  );
}

async function show(path: string, options: ShowOptions): Promise<void> {
  const { readProfileFile } = await import('../profile-file.ts');
  const { summarizeColumn } = await import('../profile/column-summary.ts');
  const file = await readProfileFile(path);
  const columns = file.columns.map(summarizeColumn);
  if (options.json) {
    const { createdBy, sources, rows } = file;
    printJson({ file: path, createdBy, sources, rows, columns });
    return;
  }
  const { screen } = await import('../paint.ts');
  const { summaryCsv, summaryText } = await import('../profile/summary-text.ts');
  if (options.csv) printFile(summaryCsv(columns));
  else print(summaryText(printable(file), printable(columns), screen()));
}

async function merge(paths: readonly string[], { output }: { readonly output: string }): Promise<void> {
  const { readProfileFile, writeProfileFile } = await import('../profile-file.ts');
  const { mergeFiles, refusePaths } = await import('../profile/merge-files.ts');
  const { counted } = await import('../profile/summary-text.ts');
  const { codeVersion } = await import('../../worker/code-version.ts');
  refusePaths(paths, output);
  const [first, ...others] = await Promise.all(
    paths.map(async (path) => ({ path, content: await readProfileFile(path) })),
  );
  const sum = { ...mergeFiles(first!, others), createdBy: await codeVersion() };
  await writeProfileFile(output, sum);
  print(`${output}: ${counted(sum.columns.length, 'column')}, ${counted(sum.rows, 'row')}`);
}

async function compare(reference: string, current: string, options: ComparisonOptions): Promise<void> {
  const { requestOf } = await import('../compare/request.ts');
  const { conclude, outcomeOf } = await import('../compare/run-comparison.ts');
  const { compareFiles } = await import('../profile/compare-files.ts');
  const { readProfileFile } = await import('../profile-file.ts');
  const request = requestOf({ ...options, reference, current, preset: 'data-drift' });
  const compared = compareFiles(
    { path: reference, content: await readProfileFile(reference) },
    { path: current, content: await readProfileFile(current) },
    request,
  );
  process.exitCode = await conclude(request, await outcomeOf(request, compared));
}
