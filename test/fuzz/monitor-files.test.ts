/** Whatever stands in a monitor's file, it is read or refused in words, soon. More examples: `FUZZ_RUNS=10000 npx vitest run test/fuzz`. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readMonitorFiles } from '../../cli/monitor-files.ts';
import { TidewatchError } from '../../core/errors.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 300);
/** Much more than any needs on an idle machine; what is quadratic in thirty thousand keys takes minutes. */
const longestMs = 30_000;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-fuzz-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** `read`, or the problems. @throws what is no error of the catalog, or names no place */
async function verdictOn(text: string): Promise<string> {
  await writeFile(join(directory, 'a.yaml'), text);
  try {
    await readMonitorFiles(directory);
    return 'read';
  } catch (error) {
    if (!(error instanceof TidewatchError)) throw error;
    expect(error.code).toBe('INVALID_MONITOR');
    const problems = String(error.details['problems']);
    for (const problem of problems.split('\n')) expect(problem).toMatch(/a\.yaml:\d+:\d+ \S/);
    return problems;
  }
}

const good = `model: a
task: regression
reference: { kind: rolling, length: 30d }
features:
  x: { kind: continuous }
`;
const nested = (open: string, close: string, times: number): string =>
  `model: ${open.repeat(times)}${close.repeat(times)}`;
const tooDeep = /is nested more than 100 deep/;
const unstorable = /labels\.team: holds a NUL character or half of a surrogate pair/;
const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

const troubles = [
  '\0',
  '\t',
  '\r',
  '\ufeff',
  '\ud800',
  '[',
  '{',
  '}',
  '&a ',
  '*a',
  '<<: ',
  '? ',
  '- ',
  ': ',
  '!!',
  '%YAML 9',
  '---\n',
  '"',
  "'",
  '|',
  '\\',
  '__proto__: ',
  '.nan',
  '1e999',
  '\u2028',
];

describe('a file', () => {
  it.each([
    ['as it should be', good],
    ['with a byte order mark', `\ufeff${good}`],
    ['from Windows', good.replaceAll('\n', '\r\n')],
  ])('%s is read', async (_, text) => {
    expect(await verdictOn(text)).toBe('read');
  });

  it.each<[string, string, RegExp]>([
    ['that is empty', '', /is empty/],
    ['indented by tabs', 'model: a\n\ttask: x', /:2:1 a tab cannot indent/],
    ['of two documents', '---\na: 1\n---\nb: 2\n', /keep one a file/],
    ['with a key twice', `${good}model: b\n`, /:6:1 model is written twice/],
    ['with a NUL character', `${good}labels: { team: "a\\0b" }\n`, unstorable],
    ['with half of a surrogate pair', `${good}labels: { team: "\\ud800" }\n`, unstorable],
    ['with a NUL character in a key', `${good}labels: { "te\\0am": b }\n`, /holds a NUL character/],
    ['with a key of prototypes', `${good}__proto__: { x: 1 }\n`, /:6:1 __proto__: is not a known key/],
    ['with no number', `${good}drift: { share: .nan }\n`, /drift\.share: write a number/],
    ['with no end', `${good}drift: { share: .inf }\n`, /drift\.share: write a number/],
    ['with a huge number', `${good}drift: { share: 1e999 }\n`, /drift\.share: write a number/],
    ['of code', 'model: !!js/function "x"\n', /a\.yaml:1/],
    ['in lists', nested('[', ']', 100_000), tooDeep],
    ['in mappings', nested('{a: ', '}', 5_000), tooDeep],
    ['in brackets that stay open', '['.repeat(100_000), tooDeep],
    ['in dashes', '- '.repeat(20_000), tooDeep],
    ['in question marks', '? '.repeat(20_000), tooDeep],
    ['in indentation', lines(3_000, (i) => `${' '.repeat(i)}a:`), tooDeep],
    [
      'of nested aliases',
      lines(9, (i) => `a${i}: &a${i} [${(i === 0 ? 'x,' : `*a${i - 1},`).repeat(9)}]`),
      /Excessive alias count/,
    ],
    ['that contains itself', 'a: &a [*a]\n', /a: is not a known key/],
    ['of ten megabytes', `${good}labels: { team: ${'x'.repeat(10_000_000)} }\n`, /keep it below 8388608/],
    ['of thirty thousand keys', `features:\n${lines(30_000, (i) => `  x${i}: 1`)}`, /features\.x9:/],
    ['of quotes', '"'.repeat(200_000), /a\.yaml:1/],
    ['of colons', ':'.repeat(100_000), /a\.yaml:1/],
    ['of spaces', `${' '.repeat(1_000_000)}a`, tooDeep],
  ])('%s is refused, with where and what to do', async (_, text, problem) => {
    const began = performance.now();
    expect(await verdictOn(text)).toMatch(problem);
    expect(performance.now() - began).toBeLessThan(longestMs);
  });

  it('that somebody has broken anywhere is read or refused in words', async () => {
    const pieces = fc.constantFrom(...troubles);
    const changes = fc.array(
      fc.record({
        at: fc.nat(good.length),
        cut: fc.nat(10),
        put: fc.oneof(pieces, fc.string({ unit: 'binary' })),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(changes, async (changes) => {
        let text = good;
        for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut);
        await verdictOn(text);
      }),
      { numRuns: runs },
    );
  });
});
