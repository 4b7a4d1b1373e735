/** Runs `tidewatch ingest`: says which column is what, loads file after file, and says what became of them. */

import { expectationOf } from '../../client/store-rows.ts';
import { formatCount } from '../../console/numbers.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { modelNameSchema } from '../../core/monitor/schema.ts';
import { formatInstant, secondMs } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { withDatabase } from '../database.ts';
import { afterIngest } from '../next-step.ts';
import { openBar } from '../progress-bar.ts';
import { listed } from '../unknown-column.ts';
import { planColumns, planLines, type ColumnPlan } from './column-plan.ts';
import { ingestFile, resumeAt, type IngestCounts } from './ingest-file.ts';
import { summaryJson, summaryLines, type FileSummary } from './ingest-text.ts';
import { openRows } from './open-rows.ts';
import { progressSource } from './progress-store.ts';
import { noRejectedFile, rejectedFile, rejectedPath } from './rejected-file.ts';
import type { IngestRequest } from './request.ts';
import { rowMakers } from './row-maker.ts';
import type { RowSource } from './row-source.ts';
import { print, printable, printJson, printNote } from '../print.ts';

/**
 * Loads the files in their order.
 *
 * @returns the exit code: 2 where a row was rejected
 * @throws TidewatchError `UNREADABLE_TABLE`, `UNCLEAR_COLUMNS`, `NOTHING_STORABLE`, `INVALID_OPTION`, and those of the database
 */
export async function runIngest(files: readonly string[], request: IngestRequest): Promise<0 | 2> {
  const { model, json } = request;
  const name = modelNameSchema.safeParse(model);
  if (!name.success) {
    const reason = name.error.issues.map(({ message }) => message).join('; ');
    throw new TidewatchError('INVALID_OPTION', { option: '--model', reason });
  }
  return withDatabase('tidewatch-ingest', async (database) => {
    const summaries: FileSummary[] = [];
    for (const file of files) {
      const summary = await loadFile(database, file, request);
      summaries.push(summary);
      if (!json) print(summaryLines(summary).join('\n'));
    }
    if (json) printJson(summaries.map(summaryJson));
    else print(await afterIngest(database, request, Date.now()));
    return summaries.some(({ counts }) => counts.rejected > 0) ? 2 : 0;
  });
}

async function loadFile(database: Database, file: string, request: IngestRequest): Promise<FileSummary> {
  const { model, mapped, constants, timeZone, dates, dryRun } = request;
  const expected = await expectationOf(database, model);
  const monitor = await findConfiguration(database, model);
  const source = await openRows(file, [...Object.keys(monitor?.features ?? {}), ...mapped.values()]);
  try {
    const plan = planOf(source, monitor, request);
    const recordedAt = Math.floor(source.writtenAt / secondMs) * secondMs;
    const makers = rowMakers({
      source,
      plan,
      expected,
      classes: monitor?.classes,
      timeZone,
      dates,
      recordedAt,
    });
    const readAs = [
      [...mapped],
      [...constants],
      request.only,
      timeZone,
      ...(dates === undefined ? [] : [dates]),
    ];
    const key = progressSource(file, readAs);
    const from = dryRun || request.restart ? undefined : await resumeAt(database, model, key, source);
    const say = request.json ? printNote : print;
    say(
      printable(
        `${source.name} (${source.format}) -> ${model}${monitor === undefined ? ', which no monitor watches yet' : ''}`,
      ),
    );
    for (const line of planLines(plan, formatInstant(recordedAt))) say(printable(line));
    if (from !== undefined)
      say(`goes on at line ${from.position.line}, where it was cut short; --restart begins anew`);
    const rejected =
      dryRun && request.rejected === undefined
        ? noRejectedFile
        : rejectedFile(request.rejected ?? rejectedPath(file), source.columns, from !== undefined);
    const started = performance.now();
    const counts = await withBar(source, from?.rows ?? 0, (onProgress) =>
      ingestFile({
        model,
        source,
        makers,
        expected,
        rejected,
        database: dryRun ? undefined : database,
        resume: source.fingerprint === undefined ? undefined : { key, from },
        onProgress,
      }),
    );
    return {
      file: source.name,
      model,
      plan,
      counts,
      before: from?.rows ?? 0,
      rejectedFile: rejected.path,
      seconds: (performance.now() - started) / secondMs,
      dryRun,
    };
  } finally {
    await source.close();
  }
}

function planOf(
  source: RowSource,
  monitor: Monitor | undefined,
  { mapped, constants, only, allowMissing, timeZone, dates }: IngestRequest,
): ColumnPlan {
  const planned = planColumns({ source, monitor, mapped, constants, only, allowMissing, timeZone, dates });
  if ('plan' in planned) return planned.plan;
  throw new TidewatchError('UNCLEAR_COLUMNS', {
    file: source.name,
    problems: planned.problems.map((problem) => `  ${printable(problem)}`).join('\n'),
    columns: printable(listed(source.columns.filter((name) => !source.unseen.has(name)))),
  });
}

async function findConfiguration(database: Database, model: string): Promise<Monitor | undefined> {
  const [row] = await database.query<{ configuration: Monitor }>(
    'select configuration from monitors where model = $1',
    [model],
  );
  return row?.configuration;
}

/** Works with a bar of how much of the file is stored, and how fast. */
async function withBar(
  { size, unit }: RowSource,
  before: number,
  work: (onProgress: (offset: number, rows: number) => void) => Promise<IngestCounts>,
): Promise<IngestCounts> {
  const isBytes = unit === 'bytes';
  const bar = await openBar(isBytes ? 'MB' : 'rows');
  const scale = isBytes ? 1e6 : 1;
  const started = performance.now();
  try {
    return await work((offset, rows) => {
      const rate = Math.round((rows - before) / ((performance.now() - started) / secondMs));
      const total = size ?? offset;
      const detail = `${isBytes ? `, ${formatCount(rows)} rows` : ''}, ${formatCount(rate)} rows/s`;
      bar.update(Math.round(offset / scale), Math.round(total / scale), detail);
    });
  } finally {
    bar.close();
  }
}
