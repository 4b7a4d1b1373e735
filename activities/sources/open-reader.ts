/** The reader of what a monitor names as its source. */

import { createHash } from 'node:crypto';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { ActualSource, PredictionSource } from '../../core/source/settings.ts';
import { parseInstant } from '../../core/window.ts';
import { canonicalJson } from '../monitors/configuration.ts';
import { fetchedFiles, localFiles, parquetReader } from './parquet-reader.ts';
import { SourceAway, SourceProblem, type RowReader } from './row-reader.ts';
import { SourceNotConfigured, type Sources, variableOf } from './sources.ts';
import { tableReader } from './table-reader.ts';
import { wantedActuals, wantedPredictions, type WantedRows } from './wanted-columns.ts';

export type SourceStream = 'predictions' | 'actuals';

/** One stream of a monitor that is read from a source. */
export interface OpenedSource {
  readonly stream: SourceStream;
  /** The same for the same rows read in the same way. */
  readonly id: string;
  readonly rows: WantedRows;
  readonly reader: RowReader;
  /** Whether the source says when an actual became known. */
  readonly knowsWhen: boolean;
  /** The variable that says where it is. */
  readonly variable: string;
}

/**
 * What a monitor names, predictions first. Nothing is asked yet.
 *
 * @param readAt when an actual became known whose source does not say so
 * @throws SourceNotConfigured
 */
export function openedSources(sources: Sources, monitor: Monitor, readAt: number): readonly OpenedSource[] {
  const { predictions, actuals } = monitor.source ?? {};
  return [
    ...(predictions === undefined
      ? []
      : [opened(sources, 'predictions', predictions, wantedPredictions(predictions, monitor), true)]),
    ...(actuals === undefined
      ? []
      : [
          opened(
            sources,
            'actuals',
            actuals,
            wantedActuals(actuals, monitor, readAt),
            actuals.columns.recorded_at !== undefined,
          ),
        ]),
  ];
}

function opened(
  sources: Sources,
  stream: SourceStream,
  settings: PredictionSource | ActualSource,
  rows: WantedRows,
  knowsWhen: boolean,
): OpenedSource {
  const { table, database, parquet = '', store, timeZone, since, changed } = settings;
  // How much is read again does not change what was read.
  const readAs = { table, database, parquet, store, timeZone, since, changed, columns: rows.all };
  const constants = Object.values(settings.columns).filter((origin) => typeof origin === 'object');
  const id = createHash('sha256')
    .update(canonicalJson([readAs, constants]))
    .digest('hex');
  const { columns: wanted, all, stamped } = rows;
  const common = { stream, id, rows, knowsWhen };
  if (table !== undefined) {
    const reader = tableReader({
      database: sources.database(database),
      table,
      wanted,
      all,
      stamped,
      settings,
    });
    return { ...common, reader, variable: variableOf('SOURCE_DATABASE_URL', database) };
  }
  const day = since === undefined ? undefined : parseInstant(`${since}T00:00:00Z`);
  const request = { name: parquet, wanted, all, stamped, timeZone, since: day };
  const [, bucket, folder = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(parquet) ?? [];
  if (bucket === undefined) {
    const directory = sources.directory();
    const reader = parquetReader({ ...request, files: () => localFiles(directory, parquet) });
    return { ...common, reader, variable: 'SOURCE_DIRECTORY' };
  }
  const objects = sources.bucket(store, bucket);
  const reader = parquetReader({ ...request, files: () => fetchedFiles(objects, folder) });
  return { ...common, reader, variable: variableOf('SOURCE_S3_ENDPOINT', store) };
}

/**
 * What keeps the source of a monitor from being read, in words; nothing where all of it can be read, or there is none.
 *
 * @throws SourceAway where it does not answer
 */
export async function problemsOfSource(sources: Sources, monitor: Monitor): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    for (const { stream, reader } of openedSources(sources, monitor, 0))
      found.push(
        ...(await reader.problems()).map((problem) => `source.${stream} (${reader.name}): ${problem}`),
      );
  } catch (error) {
    if (!(error instanceof SourceNotConfigured)) throw error;
    found.push(error.message);
  }
  return found;
}

/** What a source throws, as the error that people see. */
export function asSaid(error: unknown, model: string, { stream, reader, variable }: OpenedSource): unknown {
  const source = `${reader.name} (${stream})`;
  if (error instanceof SourceAway)
    return new TidewatchError(
      'SOURCE_UNREACHABLE',
      { model, source, variable, reason: reasonOf(error) },
      { cause: error },
    );
  if (!(error instanceof SourceProblem)) return error;
  const problems = error.problems.map((problem) => `  ${problem}`).join('\n');
  return new TidewatchError('SOURCE_UNREADABLE', { model, source, problems }, { cause: error });
}
