import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkTableExpectations } from '../../cli/check-expectations.ts';
import { readExpectationsFile } from '../../cli/expectations-file.ts';
import { isFailed } from '../../core/quality/check.ts';
import { openTableFile } from '../../sql/table-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'expectations-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function read(text: string) {
  const file = join(directory, 'suite.yaml');
  await writeFile(file, text);
  return readExpectationsFile(file);
}

const problemOf = async (text: string): Promise<string> =>
  read(text).then(
    () => 'no problem',
    (error: Error) => error.message.replaceAll(`${directory}/`, ''),
  );

/** Holds a CSV file against a suite. */
async function check(table: string, suite: string) {
  const file = join(directory, 'table.csv');
  await writeFile(file, table);
  const expected = await read(suite);
  const opened = await openTableFile(file);
  const found = await checkTableExpectations(opened, expected);
  await opened.close();
  const failed = found.checks
    .filter(isFailed)
    .map(
      ({ check, column, verdict: { level, reason } }) =>
        `${column} ${check} ${level}: ${reason.replaceAll(`${directory}/`, '')}`,
    );
  return { ...found, failed };
}

describe('readExpectationsFile', () => {
  it('reads a suite, with the default level', async () => {
    expect(await read('expectations:\n  hum: { min: 0, max: 1 }\n')).toEqual({
      expectations: { hum: { min: 0, max: 1, level: 'critical' } },
    });
  });

  it.each([
    [
      'expectations:\n  hum: { mix: 0, max: 1 }\n',
      'suite.yaml:2:10 expectations.hum.mix: is not a known key; did you mean "min"?',
    ],
    [
      'expectations:\n  hum: { min: low }\n',
      'suite.yaml:2:10 expectations.hum.min: write a number, not "low"',
    ],
    ['expectations:\n  hum: { min: 2, max: 1 }\n', 'suite.yaml:2:18 expectations.hum.max: is below min, 2'],
    [
      'expectations:\n  id: { matches: "(a" }\n',
      'suite.yaml:2:9 expectations.id.matches: is no regular expression (Unterminated group)',
    ],
    [
      'expectations:\n  id: { level: warning }\n',
      'suite.yaml:2:3 expectations.id: expects nothing; write at least one of min, max, notNull, in, unique, matches',
    ],
    [
      'expectations:\n  id: { notNull: 2 }\n',
      'expectations.id.notNull: write true, or a share above 0 and at most 1, for example 0.99',
    ],
    ['expectation: {}\n', 'suite.yaml:1:1 expectation: is not a known key; did you mean "expectations"?'],
    ['', 'expectations: is missing; write a mapping of keys to values'],
    ['a: [', 'suite.yaml:1:4 this [ is never closed'],
  ])('says what is wrong with %j', async (text, problem) => {
    expect(await problemOf(text)).toContain(problem);
  });

  it('says all problems at once', async () => {
    expect(await problemOf('expectations:\n  a: { min: x }\n  b: { in: [] }\n')).toMatch(
      /^The expectations have 2 problems; nothing was checked\.\n.*:2:8 .*\n.*:3:8 /,
    );
  });

  it('says that there is no such file', async () => {
    await expect(readExpectationsFile(join(directory, 'none.yaml'))).rejects.toThrow(
      /none\.yaml: cannot be read/,
    );
  });
});

describe('a file that is no suite', () => {
  it('is quoted no further than its beginning', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tidewatch-suite-'));
    const file = join(directory, 'january.csv');
    await writeFile(file, 'hum,temp\n'.repeat(500));
    const { message } = (await readExpectationsFile(file).catch((error: unknown) => error)) as Error;
    await rm(directory, { recursive: true });
    expect(message).toContain('hum,temp hum,temp');
    expect(message.length - file.length).toBeLessThan(200);
  });
});

describe('checkTableExpectations', () => {
  const table = ['id,hum,station', 'a,0.5,A', 'b,1.5,A', 'b,,B', 'd,0.1,X'].join('\n');

  it('finds what does not hold, with examples', async () => {
    const suite = `expectations:
  id: { unique: true, matches: '^[a-c]$' }
  hum: { min: 0.2, max: 1, notNull: true }
  station: { in: [A, B], level: warning }
`;
    const { failed, verdict } = await check(table, suite);
    expect(failed).toEqual([
      'id expect-unique critical: 1 of 4 values repeats another one, for example "b"',
      'id expect-matches critical: 1 of 4 values does not match ^[a-c]$, for example "d"',
      'hum expect-min critical: 1 of 3 values is below 0.2, for example 0.1',
      'hum expect-max critical: 1 of 3 values is above 1, for example 1.5',
      'hum expect-notNull critical: 1 of 4 rows has no value',
      'station expect-in warning: 1 of 4 values is not one of A, B, for example "X"',
    ]);
    expect(verdict.level).toBe('critical');
    expect(verdict.reason).toMatch(/^6 of 6 checks failed: /);
  });

  it('passes a table of which all holds', async () => {
    const suite = `expectations:
  id: { unique: true, matches: '^[a-d]$' }
  hum: { min: 0, max: 1, notNull: 0.5 }
  station: { in: [A, B], notNull: true }
`;
    const good = ['id,hum,station', 'a,0.5,A', 'b,1,A', 'c,,B', 'd,0,B'].join('\n');
    const { verdict, checks } = await check(good, suite);
    expect(verdict).toEqual({ level: 'ok', reason: '7 checks passed' });
    expect(checks.map(({ counts }) => counts['failed'])).toEqual([0, 0, 0, 0, 1, 0, 0]);
  });

  it('misses a column that is not there, and names the nearest', async () => {
    const { failed } = await check(
      table,
      'expectations:\n  humm: { min: 0 }\n  id: { notNull: true, level: warning }\n',
    );
    expect(failed).toEqual([
      'humm expect-column critical: table.csv has no such column; the nearest is "hum"',
    ]);
  });

  it('takes a table without rows, and a suite without columns', async () => {
    const { verdict } = await check('id,hum\n', 'expectations:\n  hum: { min: 0 }\n');
    expect(verdict.level).toBe('insufficient-data');
    expect((await check(table, 'expectations: {}\n')).verdict.reason).toBe('nothing was checked');
  });
});
