/** Runs `tidewatch init`: what is asked for, what is written, and where. */

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { modelNameSchema } from '../../core/monitor/schema.ts';
import type { TableFile } from '../../sql/table-file.ts';
import { withDatabase } from '../database.ts';
import { openTable } from '../open-table.ts';
import { listed, unknownColumn } from '../unknown-column.ts';
import { readColumnFacts, type ColumnFacts } from './column-facts.ts';
import { ingestCommand, leftOutColumns, namedColumns } from './named-columns.ts';
import { classesOf, featuresOf, starterMonitor } from './starter-monitor.ts';
import { sourceSection } from './source-section.ts';
import { suiteText } from './suite-text.ts';
import { readHistory } from './table-history.ts';

/** As commander gives them. */
export interface InitOptions {
  readonly from?: string;
  readonly actual?: string;
  readonly prediction?: string;
  readonly entity?: string;
  readonly time?: string;
  readonly source?: true;
  readonly expectations?: true;
  readonly reference?: string;
  readonly model?: string;
  readonly output?: string;
  readonly force?: true;
}

/**
 * Writes what the options ask for.
 *
 * @param say Told what should not be overlooked.
 * @returns the file that was written
 * @throws TidewatchError `INVALID_OPTION`, `FILE_EXISTS`, `UNWRITABLE_FILE`, or why a table or a model cannot be read
 */
export async function runInit(
  model: string | undefined,
  options: InitOptions,
  say: (line: string) => void = () => {},
): Promise<string> {
  checkOptions(model, options);
  const file =
    options.output ?? (options.expectations ? 'expectations.yaml' : join('monitors', `${model ?? ''}.yaml`));
  // Before a table is read, and before anything is said of it.
  if (!options.force && existsSync(file)) throw new TidewatchError('FILE_EXISTS', { file });
  const text = options.expectations
    ? await expectationsText(options)
    : await monitorText(model ?? '', options, say);
  await writeNew(file, text, options.force === true);
  return file;
}

function checkOptions(model: string | undefined, options: InitOptions): void {
  const { expectations, reference, from, actual, prediction, entity, time, source } = options;
  if (expectations) {
    for (const [name, value] of Object.entries({ from, actual, prediction, entity, time, source }))
      if (value !== undefined) throw invalid(`--${name}`, 'belongs to a monitor, not to --expectations');
    if (model !== undefined) throw invalid(model, 'with --expectations, name a model as --model');
    if ((reference === undefined) === (options.model === undefined)) {
      throw invalid('--expectations', 'takes either --reference with a file, or --model');
    }
    return;
  }
  for (const [name, value] of Object.entries({ reference, model: options.model }))
    if (value !== undefined) throw invalid(`--${name}`, 'belongs to --expectations');
  for (const [name, value] of Object.entries({ actual, prediction, entity, time }))
    if (value !== undefined && from === undefined) throw invalid(`--${name}`, 'is a column of --from');
  if (source && from === undefined) throw invalid('--source', 'is for the table that --from names');
  if (model === undefined) {
    throw invalid('init', 'name the model, for example `tidewatch init bike-demand`, or give --expectations');
  }
  const name = modelNameSchema.safeParse(model);
  if (!name.success) throw invalid(model, name.error.issues.map(({ message }) => message).join('; '));
}

async function monitorText(
  model: string,
  { from, ...options }: InitOptions,
  say: (line: string) => void,
): Promise<string> {
  if (from === undefined) return starterMonitor(model);
  const { actual, prediction, entity, time } = options;
  const given = {
    ...(entity !== undefined && { entity }),
    ...(time !== undefined && { event_time: time }),
    ...(prediction !== undefined && { prediction }),
    ...(actual !== undefined && { actual }),
  };
  return withTable(from, async (table, columns) => {
    const names = columns.map(({ name }) => name);
    for (const name of Object.values(given))
      if (!names.includes(name)) throw unknownColumn(from, name, names);
    const named = namedColumns(names, given);
    const known = named.fields.get('actual');
    const section = options.source && {
      section: sourceSection({
        from,
        columns: table.columns,
        named,
        directory: process.env['SOURCE_DIRECTORY'],
      }),
    };
    const starter = {
      columns,
      ...section,
      source: sourceOf(table),
      ...(known !== undefined && { actual: known }),
      leaveOut: leftOutColumns(named),
    };
    const history = await readHistory(table, named, classesOf(starter) !== undefined);
    if (known === undefined)
      say(
        `features: ${listed(featuresOf(starter))}; if one of them is the actual, name it by --actual: it is no feature, and tells the task`,
      );
    else if (actual === undefined)
      say(`the actual is "${known}", by its name; another one is named by --actual`);
    if (!options.source) say(`to load the rows: ${ingestCommand(model, from, named, given, table.columns)}`);
    return starterMonitor(model, { ...starter, history });
  });
}

async function expectationsText({ reference, model }: InitOptions): Promise<string> {
  if (reference !== undefined) {
    return withTable(reference, async (table, columns) => suiteText(columns, sourceOf(table)));
  }
  const { checkSchema } = await import('../../sql/migrator.ts');
  const { readModelFacts } = await import('./model-facts.ts');
  return withDatabase('tidewatch-init', async (database) => {
    await checkSchema(database);
    const { columns, source } = await readModelFacts(database, model ?? '');
    return suiteText(columns, source);
  });
}

async function withTable<T>(
  file: string,
  work: (table: TableFile, columns: readonly ColumnFacts[]) => Promise<T>,
): Promise<T> {
  const table = await openTable(file);
  try {
    return await work(table, await readColumnFacts(table));
  } finally {
    await table.close();
  }
}

function sourceOf({ path, rows }: TableFile): string {
  return `${path} (${rows} rows)`;
}

/** Never replaces a file unless told to. */
async function writeNew(file: string, text: string, force: boolean): Promise<void> {
  const unwritable = (error: unknown): TidewatchError =>
    new TidewatchError('UNWRITABLE_FILE', { file, reason: reasonOf(error) }, { cause: error });
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    throw unwritable(error);
  }
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw isThere ? new TidewatchError('FILE_EXISTS', { file }) : unwritable(error);
  }
}

function invalid(option: string, reason: string): TidewatchError {
  return new TidewatchError('INVALID_OPTION', { option, reason });
}
