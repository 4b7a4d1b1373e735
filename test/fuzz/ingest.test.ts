/** Whatever a file holds, each of its rows is stored or rejected with a reason, or the file is refused in words. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { addIngest } from '../../cli/commands/ingest.ts';
import { TidewatchError } from '../../core/errors.ts';
import { makeTemporaryDirectory } from '../../sql/temporary-directory.ts';
import { printed } from '../cli/on-database.ts';
import { emptyTables } from '../setup/database-snapshot.ts';
import { writeParquet } from '../setup/parquet.ts';
import { watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import { runs, strange } from './broken.ts';

const world = useDatabase('shared by all tests');
const model = 'loaded';
/** Each loads a file. */
const loads = Math.ceil(runs / 3);

let directory: { readonly path: string; readonly remove: () => Promise<void> };
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await directory.remove();
});

interface Summary {
  readonly rows: number;
  readonly stored: { readonly predictions: number; readonly actuals: number };
  readonly repeated: { readonly predictions: number };
  readonly rejected: number;
}

/** Loads it: `loaded`, or the code of the error. What is stored and rejected is what it says; what is refused has left nothing. */
async function load(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory.path, name);
  await writeFile(path, content);
  await emptyTables(world.database);
  await watch(world.database, { model });
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const rejectedFile = join(directory.path, 'rejected.jsonl');
  await writeFile(rejectedFile, '');
  let outcome = 'loaded';
  let summary: Summary | undefined;
  try {
    const args = [
      'ingest',
      path,
      '--model',
      model,
      '--json',
      '--rejected',
      rejectedFile,
      '--time-zone',
      'UTC',
      '--dates',
      'day-first',
    ];
    [summary] = JSON.parse(await printed(addIngest, args, world)) as Summary[];
  } catch (error) {
    if (!(error instanceof TidewatchError)) throw error;
    expect(error.message).not.toBe('');
    outcome = error.code;
  }
  process.exitCode = undefined;
  const [counts] = await world.database.query<
    Record<'predictions' | 'actuals' | 'rejected' | 'without', number>
  >(
    `select (select count(*) from predictions) as predictions, (select count(*) from actuals) as actuals,
       (select count(*) from rejected_rows) as rejected, (select count(*) from rejected_rows where reason = '') as without`,
  );
  expect(counts!.without).toBe(0);
  if (summary === undefined) {
    expect({ ...counts, rejected: 0 }).toEqual({ predictions: 0, actuals: 0, rejected: 0, without: 0 });
    return outcome;
  }
  // Of rows with one key the last counts, and of rows that are alike one is kept.
  expect(counts!.predictions).toBeLessThanOrEqual(summary.stored.predictions);
  expect(counts!.predictions).toBeGreaterThanOrEqual(
    summary.stored.predictions - summary.repeated.predictions,
  );
  const lines = (await readFile(rejectedFile, 'utf8')).split('\n').filter(Boolean);
  expect(lines.length).toBeGreaterThanOrEqual(summary.rejected > 0 ? 1 : 0);
  for (const line of lines) expect(JSON.parse(line)).toHaveProperty('reason');
  return outcome;
}

const head = 'version,entity,event_time,x,c,prediction,actual';
const good = Array.from(
  { length: 12 },
  (_, i) => `1,house ${i},2024-01-0${(i % 8) + 1}T08:00:00Z,${i / 4},a,${i},${i + 1}`,
);
const troubles = fc.constantFrom(
  '\0',
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  '\t',
  ';',
  '\ufeff',
  '\ud800',
  'NaN',
  '-inf',
  '1e400',
  '-0',
  '1,000',
  '٣',
  '{',
  '[',
  '\\',
  '\u2028',
  ...strange.map(String).filter((text) => text.length < 1_000),
);
const changes = fc.array(
  fc.record({
    at: fc.nat(700),
    cut: fc.nat(20),
    put: fc.oneof(troubles, fc.string({ unit: 'binary', maxLength: 8 })),
  }),
  { minLength: 1, maxLength: 8 },
);
type Changes = readonly { readonly at: number; readonly cut: number; readonly put: string }[];
function changed(text: string, changes: Changes): string {
  let broken = text;
  for (const { at, cut, put } of changes) broken = broken.slice(0, at) + put + broken.slice(at + cut);
  return broken;
}

describe('a file of CSV', () => {
  const whole = `${head}\n${good.join('\n')}\n`;
  it('that is whole is loaded', async () => {
    expect(await load('rows.csv', whole)).toBe('loaded');
  });
  it('that somebody has broken anywhere is loaded or refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (changes) => {
        await load('rows.csv', changed(whole, changes));
      }),
      { numRuns: loads },
    );
  });
  it('whose bytes are of no text, or of gzip that is cut, is loaded or refused in words', async () => {
    const gzipped = gzipSync(whole);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(gzipped.length).map((end) => gzipped.subarray(0, end)),
      fc
        .tuple(fc.nat(gzipped.length - 1), fc.nat(255))
        .map(([at, byte]) => Buffer.from(gzipped).fill(byte, at, at + 1)),
      fc
        .tuple(fc.nat(whole.length), fc.uint8Array({ minLength: 1, maxLength: 6 }))
        .map(([at, noise]) =>
          Buffer.concat([Buffer.from(whole.slice(0, at)), noise, Buffer.from(whole.slice(at))]),
        ),
    );
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.constantFrom('rows.csv', 'rows.csv.gz', 'rows.parquet', 'rows.jsonl'),
        async (bytes, name) => {
          await load(name, bytes);
        },
      ),
      { numRuns: loads },
    );
  });
});

describe('a file of JSON lines', () => {
  const lines = good.map((line) => {
    const [version, entity, event_time, x, c, prediction, actual] = line.split(',');
    return {
      version,
      entity,
      event_time,
      x: Number(x),
      c,
      prediction: Number(prediction),
      actual: Number(actual),
    };
  });
  const whole = lines.map((line) => JSON.stringify(line)).join('\n');
  it('that is whole is loaded', async () => {
    expect(await load('rows.jsonl', whole)).toBe('loaded');
  });
  it('that somebody has broken anywhere is loaded or refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (changes) => {
        await load('rows.jsonl', changed(whole, changes));
      }),
      { numRuns: loads },
    );
  });
  it('with any value in any field is loaded or refused in words', async () => {
    const fields = fc.constantFrom(
      'version',
      'entity',
      'event_time',
      'x',
      'c',
      'prediction',
      'actual',
      '__proto__',
      'constructor',
      'new',
    );
    const values = fc.oneof(fc.constantFrom(...strange), fc.jsonValue({ maxDepth: 3 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(11), fields, values), { minLength: 1, maxLength: 20 }),
        async (changes) => {
          const broken = lines.map((line): Record<string, unknown> => ({ ...line }));
          for (const [at, field, value] of changes)
            Object.defineProperty(broken[at], field, {
              value,
              enumerable: true,
              writable: true,
              configurable: true,
            });
          await load('rows.jsonl', broken.map((line) => JSON.stringify(line)).join('\n'));
        },
      ),
      { numRuns: loads },
    );
  });
});

describe('a file of Parquet', () => {
  let whole: Buffer;
  beforeAll(async () => {
    const path = join(directory.path, 'whole.parquet');
    await writeParquet(
      path,
      `select '1' as version, 'house ' || i as entity, timestamptz '2024-01-01 08:00:00Z' + i * interval '1 hour' as event_time,
         i / 4 as x, 'a' as c, i::double as prediction, i + 1.0::double as actual from range(12) t(i)`,
    );
    whole = await readFile(path);
  });
  it('that is whole is loaded', async () => {
    expect(await load('rows.parquet', whole)).toBe('loaded');
  });
  it('that is cut is refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (end) => {
        expect(await load('rows.parquet', whole.subarray(0, end))).not.toBe('loaded');
      }),
      { numRuns: Math.ceil(loads / 2) },
    );
  });
  it('of which bytes have changed is loaded or refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        async (changes) => {
          const broken = Buffer.from(whole);
          for (const [at, byte] of changes) broken[at] = byte;
          await load('rows.parquet', broken);
        },
      ),
      { numRuns: loads },
    );
  });
});
