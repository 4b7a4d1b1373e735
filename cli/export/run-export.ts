/** Runs `tidewatch export`: reads what is stored, and writes it to a file or to standard output. */

import { copyFile, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { copyRows } from '../../sql/copy.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { withDatabase } from '../database.ts';
import { openTable } from '../open-table.ts';
import { rangeOf, readInstant } from '../time-range.ts';
import { lineageEvents } from './open-lineage.ts';
import { exportQuery, type Exported, type ExportRange } from './queries.ts';
import { terminal } from '../print.ts';

export type ExportFormat = 'csv' | 'jsonl' | 'parquet' | 'openlineage';

/** As commander gives them. */
export interface ExportOptions {
  readonly model?: string;
  readonly from?: string;
  readonly to?: string;
  readonly format: ExportFormat;
  readonly output?: string;
}

/**
 * @throws TidewatchError `INVALID_OPTION`, `UNKNOWN_MODEL`, `UNWRITABLE_FILE`, and those of the database
 */
export async function runExport(what: Exported, options: ExportOptions): Promise<void> {
  const { format, model, output } = options;
  const range: ExportRange = { model, range: readRange(options) };
  if (format === 'parquet' && output === undefined)
    throw invalid('--format', 'parquet is no text: name a file with --output');
  if (format === 'openlineage' && what !== 'drift' && what !== 'evaluations') {
    throw invalid('--format', 'openlineage is for drift and evaluations');
  }
  await withDatabase('tidewatch-export', async (database) => {
    if (model !== undefined) {
      const { findMonitor } = await import('../../activities/monitors/store.ts');
      await findMonitor(database, model);
    }
    try {
      if (format === 'parquet') await writeParquet(exportQuery(what, range), output ?? '');
      else if (format === 'openlineage') {
        const address = new URL(readConfiguration(process.env).databaseUrl);
        const events = lineageEvents(database, what as 'drift' | 'evaluations', range, address);
        await pipeline(Readable.from(lines(events)), await sink(output), { end: output !== undefined });
      } else {
        await copyRows(database, exportQuery(what, range), format, await sink(output), {
          end: output !== undefined,
        });
      }
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (!['ENOENT', 'EACCES', 'EISDIR', 'ENOSPC', 'ENOTDIR'].includes(code)) throw error;
      throw new TidewatchError(
        'UNWRITABLE_FILE',
        { file: output ?? '', reason: reasonOf(error) },
        { cause: error },
      );
    }
  });
}

function readRange({ from, to }: ExportOptions): ExportRange['range'] {
  const start = from === undefined ? undefined : readInstant('--from', from, 'hour');
  const end = to === undefined ? undefined : readInstant('--to', to, 'hour');
  if (start !== undefined && end !== undefined) return rangeOf(start, end);
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}

async function sink(output: string | undefined): Promise<NodeJS.WritableStream> {
  if (output === undefined) return process.stdout.isTTY ? terminal() : process.stdout;
  return (await open(output, 'w')).createWriteStream();
}

async function* lines(events: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}

/** Through the table that other commands read from Postgres, so that types are those of its columns. */
async function writeParquet(query: string, output: string): Promise<void> {
  const table = await openTable(`postgres:${query}`);
  try {
    await copyFile(await table.parquetFile(), output);
  } finally {
    await table.close();
  }
}

function invalid(option: string, reason: string): TidewatchError {
  return new TidewatchError('INVALID_OPTION', { option, reason });
}
