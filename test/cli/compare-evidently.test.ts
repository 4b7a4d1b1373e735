import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compareTables } from '../../cli/compare/compare-tables.ts';
import { evidentlyReportOf } from '../../cli/compare/report.ts';
import { requestOf } from '../../cli/compare/request.ts';
import { isEvidently } from '../../cli/compare/results.ts';
import { makeTables, type MadeTables } from '../sql/made-tables.ts';

/** What test/oracles/evidently-drift.py has written. */
interface OracleCase {
  readonly name: string;
  readonly reference: number;
  readonly current: number;
  readonly shift: number;
  readonly columns: Readonly<Record<string, { method: string; score: number; threshold: number }>>;
  readonly drifted: number;
  readonly share: number;
  readonly freeText: readonly string[];
}
const cases = JSON.parse(
  readFileSync(new URL('../oracles/evidently-drift.json', import.meta.url), 'utf8'),
) as OracleCase[];

let tables: MadeTables;
beforeAll(async () => {
  tables = await makeTables();
});
afterAll(() => tables.remove());

/** The rows of the oracle, by the same formula. */
function csvOf(seed: number, count: number, shift: number): string {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const bell = (): number => {
    let total = 0;
    for (let i = 0; i < 12; i += 1) total += uniform();
    return total - 6;
  };
  const rowOf = (i: number): Record<string, unknown> => {
    const first = uniform();
    return {
      same: bell(),
      moved: bell() + shift,
      far: 1e6 + bell() * (1 + shift),
      wide_whole: Math.trunc(uniform() * 1000 + shift * 40),
      few_whole: Math.trunc(uniform() * (4 + shift)),
      few_floats: (Math.trunc(uniform() * 4) / 2).toFixed(1),
      two_floats: uniform() < 0.3 + shift / 10 ? '1.0' : '0.0',
      gaps_whole: uniform() < 0.1 ? '' : Math.trunc(uniform() * 8),
      gaps: uniform() < 0.2 ? '' : bell() * 3 + shift,
      constant: 7.5,
      weather: ['clear', 'rain', 'snow', 'fog'][Math.trunc(uniform() * (3 + shift))],
      holiday: ['no', 'yes'][Math.trunc(uniform() + 0.2 + shift / 10)],
      station: `s${Math.trunc(uniform() ** 2 * 40)}`,
      open: uniform() < 0.6,
      note: `note ${i} ${first}`,
    };
  };
  const rows = Array.from({ length: count }, (_, i) => rowOf(i));
  return `${Object.keys(rows[0]!).join(',')}\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`;
}

async function compareAsEvidently({ reference, current, shift }: OracleCase) {
  const request = requestOf({
    reference: await tables.writeText('reference.csv', csvOf(1, reference, 0)),
    current: await tables.writeText('current.csv', csvOf(2, current, shift)),
    format: 'json',
    compat: 'evidently',
    preset: 'data-drift',
  });
  const { results, rows } = await compareTables(request, () => {});
  const files = {
    reference: { file: 'reference', rows: rows.reference },
    current: { file: 'current', rows: rows.current },
  };
  return { results, report: evidentlyReportOf(files, results) };
}

describe('with --compat evidently', () => {
  it.each(cases)(
    '$name: $reference and $current rows get the methods and numbers of Evidently',
    async (oracle) => {
      const { results, report } = await compareAsEvidently(oracle);
      const compared = results.filter(isEvidently);
      expect(compared.map(({ column }) => column).sort()).toEqual(Object.keys(oracle.columns).sort());
      for (const { column, evidently } of compared) {
        const expected = oracle.columns[column]!;
        expect(evidently, column).toMatchObject({ method: expected.method, threshold: expected.threshold });
        // The p-values of scipy lose digits to 1 - x near 0.
        const difference = Math.abs(evidently.score - expected.score);
        expect(difference, `${column}: ${evidently.score}, ${expected.score}`).toBeLessThan(
          1e-9 * expected.score + 1e-13,
        );
      }
      expect(report.dataset.drifted).toHaveLength(oracle.drifted);
      expect(report.dataset.share).toBeCloseTo(oracle.share, 12);
    },
  );

  it('leaves out free text, and says so', async () => {
    const { report } = await compareAsEvidently(cases[0]!);
    expect(cases[0]!.freeText).toEqual(['note']);
    expect(report.columns.find(({ column }) => column === 'note')).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'it is free text to Evidently, which compares that by a model of its own',
    });
  });

  it('calls half of the columns a drifted dataset', async () => {
    const request = requestOf({
      reference: await tables.write(
        'half-a.parquet',
        'select i / 1.0 as a, i / 1.0 as b from range(100) t(i)',
      ),
      current: await tables.write(
        'half-b.parquet',
        'select i / 1.0 as a, i + 80e0 as b from range(100) t(i)',
      ),
      format: 'json',
      compat: 'evidently',
      preset: 'data-drift',
    });
    const { results } = await compareTables(request, () => {});
    const file = { file: 'file', rows: 100 };
    expect(evidentlyReportOf({ reference: file, current: file }, results).dataset).toEqual({
      verdict: 'warning',
      reason: '1 of 2 columns drifted, 50% make a drifted dataset',
      share: 0.5,
      threshold: 0.5,
      drifted: ['b'],
    });
  });

  it('does not fail for an empty column, as Evidently does', async () => {
    const request = requestOf({
      reference: await tables.write(
        'empty-a.parquet',
        'select null::double as a, i / 1.0 as b from range(50) t(i)',
      ),
      current: await tables.write('empty-b.parquet', 'select i / 1.0 as a, i / 1.0 as b from range(50) t(i)'),
      format: 'json',
      compat: 'evidently',
      preset: 'data-drift',
    });
    const { results } = await compareTables(request, () => {});
    expect(results).toMatchObject([
      { notCompared: 'the reference has no value' },
      { evidently: { drifted: false } },
    ]);
  });
});
