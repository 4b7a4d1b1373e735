/** Runs `tidewatch init`: what is asked for, what is written, and where. */

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { modelNameSchema } from '../../core/monitor/schema.ts';
import { isTimeZone } from '../../core/window.ts';
import { withDatabase } from '../database.ts';
import { openTable } from '../open-table.ts';
import { readColumnFacts } from './column-facts.ts';
import { monitorOfTable, sourceText, type TableOptions } from './monitor-of-table.ts';
import { starterMonitor } from './starter-monitor.ts';
import { suiteText } from './suite-text.ts';

/** As commander gives them. */
export interface InitOptions extends TableOptions {
  readonly from?: string;
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
    : options.from === undefined
      ? starterMonitor(model ?? '')
      : await monitorOfTable({ ...options, model: model ?? '', from: options.from, file }, say);
  await writeNew(file, text, options.force === true);
  return file;
}

function checkOptions(model: string | undefined, options: InitOptions): void {
  const { expectations, reference, from, source, timeZone } = options;
  const { actual, prediction, entity, time, issuedAt, recordedAt, versionColumn, dates } = options;
  const columns = {
    actual,
    prediction,
    entity,
    time,
    'issued-at': issuedAt,
    'recorded-at': recordedAt,
    'version-column': versionColumn,
  };
  const ofTimes = { 'time-zone': timeZone, dates };
  if (expectations) {
    for (const [name, value] of Object.entries({ from, ...columns, ...ofTimes, source }))
      if (value !== undefined) throw invalid(`--${name}`, 'belongs to a monitor, not to --expectations');
    if (model !== undefined) throw invalid(model, 'with --expectations, name a model as --model');
    if ((reference === undefined) === (options.model === undefined)) {
      throw invalid('--expectations', 'takes either --reference with a file, or --model');
    }
    return;
  }
  for (const [name, value] of Object.entries({ reference, model: options.model }))
    if (value !== undefined) throw invalid(`--${name}`, 'belongs to --expectations');
  for (const [name, value] of Object.entries(columns))
    if (value !== undefined && from === undefined) throw invalid(`--${name}`, 'is a column of --from');
  for (const [name, value] of Object.entries(ofTimes))
    if (value !== undefined && from === undefined) throw invalid(`--${name}`, 'is for the table of --from');
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw invalid('--time-zone', `"${timeZone}" is no time zone; write for example UTC or Europe/Lisbon`);
  if (source && from === undefined) throw invalid('--source', 'is for the table that --from names');
  if (model === undefined) {
    throw invalid('init', 'name the model, for example `tidewatch init bike-demand`, or give --expectations');
  }
  const name = modelNameSchema.safeParse(model);
  if (!name.success) throw invalid(model, name.error.issues.map(({ message }) => message).join('; '));
}

async function expectationsText({ reference, model }: InitOptions): Promise<string> {
  if (reference !== undefined) {
    const table = await openTable(reference);
    try {
      return suiteText(await readColumnFacts(table), sourceText(table));
    } finally {
      await table.close();
    }
  }
  const { readModelFacts } = await import('./model-facts.ts');
  return withDatabase('tidewatch-init', async (database) => {
    const { columns, source } = await readModelFacts(database, model ?? '');
    return suiteText(columns, source);
  });
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
