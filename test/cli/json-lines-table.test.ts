import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runInit } from '../../cli/init/run-init.ts';
import { openTable } from '../../cli/open-table.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'json-lines-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function written(name: string, rows: readonly object[]): Promise<string> {
  const file = join(directory, name);
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  await writeFile(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

const columnsOf = async (file: string): Promise<Readonly<Record<string, string>>> => {
  const table = await openTable(file);
  await table.close();
  return Object.fromEntries(table.columns.map(({ name, type }) => [name, type]));
};

describe('a table of JSON lines', () => {
  it('has a column a key, features and probabilities among them, of the kind of its values', async () => {
    const rows = [
      {
        at: '2026-01-01T00:00:00Z',
        day: '2026-01-01',
        n: 1,
        x: 1.5,
        ok: true,
        features: { temp: 3, city: 'Porto' },
      },
      {
        at: '2026-01-01T01:00:00+01:00',
        day: null,
        n: 2,
        x: 2,
        ok: false,
        features: { temp: null, city: 'a,"b"' },
      },
    ];
    expect(await columnsOf(await written('kinds.jsonl', rows))).toEqual({
      at: 'TIMESTAMP WITH TIME ZONE',
      day: 'DATE',
      n: 'BIGINT',
      x: 'DOUBLE',
      ok: 'BOOLEAN',
      temp: 'BIGINT',
      city: 'VARCHAR',
    });
  });

  it('keeps texts, empty ones and those that look like numbers too', async () => {
    const table = await openTable(
      await written('texts.jsonl', [{ t: '007' }, { t: '' }, { t: null }, { t: 'a,"b"\nc' }]),
    );
    const chunks = [];
    for await (const chunk of table.readChunks(['t'])) chunks.push(...chunk);
    await table.close();
    expect(chunks).toEqual([['007', '', null, 'a,"b"\nc']]);
  });

  it('may be gzipped', async () => {
    expect(await columnsOf(await written('rows.jsonl.gz', [{ x: 1 }]))).toEqual({ x: 'BIGINT' });
  });

  it('names the line that is no object', async () => {
    const file = join(directory, 'broken.jsonl');
    await writeFile(file, '{"x":1}\n{"x":2\n');
    await expect(openTable(file)).rejects.toThrow(
      /broken\.jsonl cannot be read as a table: line 2: the line is no JSON/,
    );
  });

  it('becomes a first monitor by init, and the command that loads it', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({
      timestamp: `2026-01-${String(1 + (i % 28)).padStart(2, '0')}T00:00:00Z`,
      entity: `c${i}`,
      features: { usage: i / 7, plan: i % 2 ? 'a' : 'b' },
      prediction: i,
      actual: i + 0.5,
    }));
    const file = await written('scored.jsonl', rows);
    const output = join(directory, 'bikes.yaml');
    const said: string[] = [];
    await runInit('bikes', { from: file, output }, (line) => void said.push(line));
    expect(said).toContain(`to load the rows: tidewatch ingest ${file} --model bikes --set version=1`);
    const monitor = await readFile(output, 'utf8');
    expect(monitor).toContain('usage: { kind: continuous }');
    expect(monitor).toContain('plan: { kind: categorical }');
    expect(monitor).toContain('reference: { kind: fixed, start: 2026-01-01, end: 2026-01-15 }');
  });
});
