/** Drift reports of the bike rentals: March against July, and calm halves of March, under any names. */

import { readFileSync } from 'node:fs';

import { parse } from 'csv-parse/sync';

import type { DriftReport, HistoryPoint } from '../../../console/drift-report/drift-report.ts';
import {
  driftReportOf,
  type ColumnPast,
  type JudgedColumn,
} from '../../../console/drift-report/from-column-drift.ts';
import { judgeColumns } from '../../../core/drift/column-drift.ts';
import { examineColumn, type ColumnSettings } from '../../../core/drift/examine-column.ts';
import { judgeDataset } from '../../../core/drift/dataset-drift.ts';
import { distributionOf } from '../../../core/drift/distribution.ts';
import { buildCategoricalGrid, buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { compareProfiles } from '../../../core/statistics/comparison.ts';
import { dayMs, formatInstant, parseInstant } from '../../../core/window.ts';

type Row = Readonly<Record<string, string>>;

const rows: readonly Row[] = parse(
  readFileSync(new URL('../../../demo/data/bikeshare_2011.csv', import.meta.url)),
  { columns: true },
);
const march = rows.filter((row) => row['mnth'] === 'March');
const july = rows.filter((row) => row['mnth'] === 'July');

const alpha = 0.05;
/** Drifted: March against July. Calm: every other hour of March against the hours between. */
const sides = {
  drifted: { reference: march, current: july },
  calm: { reference: march.filter((_, i) => i % 2 === 0), current: march.filter((_, i) => i % 2 === 1) },
  empty: { reference: march, current: [] },
} as const;

export interface BikeColumn {
  readonly name?: string;
  readonly source: 'temp' | 'hum' | 'windspeed' | 'bikers' | 'weathersit' | 'hr';
  readonly compared: keyof typeof sides;
  readonly settings?: Partial<ColumnSettings>;
  /** Days of history. */
  readonly days?: number;
}

export function bikeReport(
  columns: readonly BikeColumn[],
  rest: Partial<Omit<DriftReport, 'columns'>> = {},
): DriftReport {
  const examined = columns.map((column) => examine(column));
  const drifts = judgeColumns(
    examined.map(({ evidence }) => evidence),
    { alpha },
  );
  const judged = drifts.map((drift, i): JudgedColumn => ({
    drift,
    distribution: examined[i]!.distribution,
    ...(columns[i]!.days !== undefined && { past: pastOf(columns[i]!.days, drift.verdict.level) }),
  }));
  return driftReportOf({
    title: 'bike-demand',
    reference: { description: '2011-03-01 to 2011-04-01', rows: march.length },
    current: { description: '2011-07-01 to 2011-08-01', rows: july.length },
    origin: { 'As of': '2011-08-01 03:00 UTC' },
    verdict: judgeDataset(drifts).verdict,
    alpha,
    columns: judged,
    ...rest,
  });
}

function examine({ name, source, compared, settings }: BikeColumn) {
  const isCategorical = source === 'weathersit' || source === 'hr';
  const valuesOf = (side: readonly Row[]): readonly unknown[] =>
    side.map((row) => (isCategorical ? row[source] : Number(row[source])));
  const [reference, current] = [valuesOf(sides[compared].reference), valuesOf(sides[compared].current)];
  const grid = isCategorical
    ? buildCategoricalGrid(reference as string[])
    : buildContinuousGrid(Float64Array.from(reference as number[]));
  const comparison = compareProfiles(grid, buildProfile(grid, reference), buildProfile(grid, current));
  const evidence = examineColumn(
    {
      subject: 'feature',
      column: name ?? source,
      kind: grid.kind,
      decidingMethod: isCategorical ? 'chi-squared' : 'wasserstein',
      enabled: true,
      minimumRows: 20,
      ...settings,
    },
    comparison,
  );
  return { evidence, distribution: distributionOf(comparison) };
}

/** Waves below the floor, and the level at the end. */
function pastOf(days: number, level: HistoryPoint['level']): ColumnPast {
  const first = parseInstant('2011-08-01T00:00:00Z') - (days - 1) * dayMs;
  const points = Array.from({ length: days }, (_, i): HistoryPoint => ({
    windowEnd: formatInstant(first + i * dayMs),
    value: 0.05 + 0.03 * Math.sin(i),
    level: i === days - 1 ? level : 'ok',
  }));
  return { verdicts: points, answers: { reference: points, recent: points } };
}

/** Names as people who attack or who do not think of reports choose them. */
export const hostileNames: readonly string[] = [
  '<script>alert(1)</script>',
  '</title></style></svg><img src=x onerror=alert(1)>',
  `it's "quoted" & \`ticked\` \${here}`,
  '🚲 vélo 自転車 \u202Eevil',
  'x'.repeat(200),
  'a name of many words '.repeat(10).slice(0, 200),
  'two\nlines\tand a tab',
  '',
];

const sources: readonly BikeColumn['source'][] = ['temp', 'hum', 'windspeed', 'weathersit', 'bikers', 'hr'];

/** Many columns: every tenth drifted, one without values, the first ones under hostile names. */
export function wideReport(count: number, days: number): DriftReport {
  return bikeReport(
    Array.from({ length: count }, (_, i) => ({
      name: hostileNames[i] ?? `${sources[i % sources.length]}_${i}`,
      source: sources[i % sources.length]!,
      compared: i === 11 ? 'empty' : i % 10 === 0 || i < 3 ? 'drifted' : 'calm',
      settings: { weight: 1 / (i + 2), enabled: i !== 20, subject: i === 30 ? 'prediction' : 'feature' },
      days,
    })),
    {
      title: '<script>alert(1)</script>',
      quality: {
        verdict: { level: 'critical', reason: '1 of 2 checks failed: <b>hum</b> missing' },
        checks: [
          {
            check: 'missing',
            column: '<b>hum</b>',
            level: 'critical',
            reason: '9% of the rows have no <value>',
          },
          { check: 'freshness', level: 'ok', reason: 'the newest row is 1 h old' },
        ],
      },
    },
  );
}
