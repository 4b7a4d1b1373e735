/** The report of `tidewatch compare`, as its JSON. */

import { judgeColumns, type ColumnDrift } from '../../core/drift/column-drift.ts';
import { judgeDataset } from '../../core/drift/dataset-drift.ts';
import type { ColumnKind } from '../../core/profile/grid.ts';
import { methodOf, type StatisticResult } from '../../core/statistics/registry.ts';
import { summarizeChecks, type QualityCheck } from '../../core/quality/check.ts';
import { valueOf, type Level } from '../../core/verdict.ts';
import type { TableExpectations } from '../check-expectations.ts';
import { evidentlyDriftShare } from './evidently.ts';
import type { PerformanceReport } from './performance.ts';
import {
  isEvidently,
  isExamined,
  type ColumnCounts,
  type ColumnResult,
  type EvidentlyColumn,
} from './results.ts';
import { checkColumns } from './table-checks.ts';

export interface ComparisonReport {
  readonly reference: ReportedTable;
  readonly current: ReportedTable;
  /** The limit of corrected p-values; absent under the rules of another tool. */
  readonly alpha?: number;
  readonly dataset: DatasetReport;
  readonly columns: readonly ColumnReport[];
  readonly performance?: PerformanceReport;
  /** Whether the current table has what the reference has. */
  readonly quality: ChecksReport;
  readonly expectations?: ChecksReport;
  /** The rules are those of this tool. */
  readonly compat?: 'evidently';
}

export type ComparedFiles = Pick<ComparisonReport, 'reference' | 'current'>;

export interface ReportedTable {
  readonly file: string;
  readonly rows: number;
}

export interface DatasetReport {
  readonly verdict: Level;
  readonly reason: string;
  /** Drifted columns of those that could be judged; null where none could. */
  readonly share: number | null;
  readonly threshold: number;
  readonly drifted: readonly string[];
}

export interface ColumnReport extends Partial<ColumnCounts> {
  readonly column: string;
  readonly kind: ColumnKind | 'unsupported';
  readonly verdict: Level;
  readonly reason: string;
  /** The key of the statistic that the verdict is about. */
  readonly decidedBy?: string;
  /** The p-value of that statistic after the correction for all columns. */
  readonly adjustedPValue?: number;
  /** Under a frozen rule. */
  readonly threshold?: number;
  /** By the key of their method. */
  readonly statistics: Readonly<Record<string, StatisticReport>>;
}

/** What the current table was checked for. */
export interface ChecksReport {
  readonly verdict: Level;
  readonly reason: string;
  readonly checks: readonly (Omit<QualityCheck, 'verdict'> & {
    readonly verdict: Level;
    readonly reason: string;
  })[];
}

export type StatisticReport =
  | {
      readonly statistic: number;
      readonly pValue?: number;
      /** On the fixed scale of the method. */
      readonly effect?: number;
      /** The statistic in standard deviations of the reference. */
      readonly normalized?: number;
      readonly errorBound?: number;
      readonly degreesOfFreedom?: number;
      readonly bins?: number;
    }
  | { readonly notComputable: string };

/** Judges all columns together, and puts everything side by side. */
export function reportOf(
  tables: ComparedFiles,
  results: readonly ColumnResult[],
  drifts: readonly ColumnDrift[],
): ComparisonReport {
  const byColumn = new Map(drifts.map((drift) => [drift.column, drift]));
  const dataset = judgeDataset(drifts, { noun: 'column' });
  const { level, reason } = dataset.verdict;
  return {
    ...tables,
    dataset: {
      verdict: level,
      reason: drifts.length === 0 ? 'no column could be compared' : reason,
      share: valueOf(dataset.driftShare),
      threshold: dataset.threshold,
      drifted: dataset.driftedFeatures,
    },
    quality: qualityOf(tables, results),
    columns: results.map((result) =>
      isExamined(result) ? columnReport(result, byColumn.get(result.column)!) : leftOutReport(result),
    ),
  };
}

/** The verdicts on all columns that were examined, together. */
export function judgeResults(results: readonly ColumnResult[], alpha: number): readonly ColumnDrift[] {
  return judgeColumns(
    results.filter(isExamined).map(({ evidence }) => evidence),
    { alpha },
  );
}

/** The same by the rules of Evidently: each column for itself, and a share of at least a half. */
export function evidentlyReportOf(tables: ComparedFiles, results: readonly ColumnResult[]): ComparisonReport {
  const compared = results.filter(isEvidently);
  const drifted = compared.filter(({ evidently }) => evidently.drifted).map(({ column }) => column);
  const share = compared.length === 0 ? null : drifted.length / compared.length;
  const isDrifted = share !== null && share >= evidentlyDriftShare;
  return {
    ...tables,
    compat: 'evidently',
    dataset: {
      verdict: share === null ? 'insufficient-data' : isDrifted ? 'warning' : 'ok',
      reason:
        share === null
          ? 'Evidently compares none of these columns'
          : `${drifted.length} of ${compared.length} columns drifted, ${evidentlyDriftShare * 100}% make a drifted dataset`,
      share,
      threshold: evidentlyDriftShare,
      drifted,
    },
    quality: qualityOf(tables, results),
    columns: results.map((result) =>
      isEvidently(result) ? evidentlyColumnReport(result) : leftOutReport(result),
    ),
  };
}

function qualityOf({ reference, current }: ComparedFiles, results: readonly ColumnResult[]): ChecksReport {
  const checks = checkColumns(results, { reference: reference.rows, current: current.rows });
  return checksReportOf({ verdict: summarizeChecks(checks), checks });
}

/** The report of what was checked. */
export function checksReportOf({ verdict, checks }: TableExpectations): ChecksReport {
  return {
    verdict: verdict.level,
    reason: verdict.reason,
    checks: checks.map(({ check, column, verdict: { level, reason }, counts }) => ({
      check,
      column,
      verdict: level,
      reason,
      counts,
    })),
  };
}

/** Could anything be judged: columns, or expectations? Of columns that nobody could look at, only a fault is known. */
export function isJudged({ dataset, expectations, quality }: ComparisonReport): boolean {
  return (
    isAlarming(quality) ||
    [dataset, expectations].some((judged) => judged !== undefined && judged.verdict !== 'insufficient-data')
  );
}

/** Has a column drifted, or all of them together; is one broken; or has an expectation failed? */
export function hasAlarm({ columns, dataset, quality, expectations }: ComparisonReport): boolean {
  return [...columns, dataset, quality, ...(expectations === undefined ? [] : [expectations])].some(
    isAlarming,
  );
}

/** Does it fail a gate? */
export function isAlarming({ verdict }: { readonly verdict: Level }): boolean {
  return verdict === 'warning' || verdict === 'critical';
}

const seriousness: readonly Level[] = ['critical', 'warning', 'insufficient-data', 'ok'];

/** The serious ones first. */
export function bySeriousness(a: { readonly verdict: Level }, b: { readonly verdict: Level }): number {
  return seriousness.indexOf(a.verdict) - seriousness.indexOf(b.verdict);
}

function leftOutReport(result: ColumnResult): ColumnReport {
  const { column, kind } = result;
  const reason = 'notCompared' in result ? result.notCompared : 'it was not compared';
  return { column, kind, verdict: 'insufficient-data', reason, statistics: {} };
}

function columnReport(
  { column, kind, sampleSizes, missing, invalid }: ColumnResult & ColumnCounts,
  drift: ColumnDrift,
): ColumnReport {
  const { verdict, decidingMethod, adjustedPValue, threshold, methods } = drift;
  const name = `${column}: `;
  const said = verdict.reason.startsWith(name) ? verdict.reason.slice(name.length) : verdict.reason;
  return {
    column,
    kind,
    verdict: verdict.level,
    // The column is named beside it.
    reason: `${said}${verdict.level === 'insufficient-data' ? invalidInWords(invalid) : ''}`,
    decidedBy: methodOf(decidingMethod).key,
    ...(adjustedPValue !== undefined && { adjustedPValue }),
    ...(threshold !== undefined && { threshold }),
    sampleSizes,
    missing,
    invalid,
    statistics: Object.fromEntries(
      methods.map((result) => [methodOf(result.method).key, statisticReport(result)]),
    ),
  };
}

/** Where values are too few, those that are none may be why. */
function invalidInWords({ reference, current }: ColumnCounts['invalid']): string {
  const found = [
    ...(reference > 0 ? [`${reference} of the reference`] : []),
    ...(current > 0 ? [`${current} of the current table`] : []),
  ];
  return found.length === 0 ? '' : `; ${found.join(' and ')} are no finite numbers`;
}

function statisticReport(result: StatisticResult): StatisticReport {
  if ('notComputable' in result) return { notComputable: result.notComputable };
  const { method, statistic, pValue, effect, errorBound, degreesOfFreedom, bins } = result;
  return {
    statistic,
    ...(pValue !== null && { pValue }),
    effect,
    ...(methodOf(method).unit === ' sd' && { normalized: effect }),
    ...(errorBound !== undefined && { errorBound }),
    ...(degreesOfFreedom !== undefined && { degreesOfFreedom }),
    ...(bins !== undefined && { bins }),
  };
}

/** Evidently's methods by our keys. */
const evidentlyKeys = {
  'K-S p_value': 'ks',
  'chi-square p_value': 'chiSquared',
  'Z-test p_value': 'twoProportionZ',
  'Wasserstein distance (normed)': 'wasserstein',
  'Jensen-Shannon distance': 'jensenShannon',
} as const;

function evidentlyColumnReport({ column, kind, evidently, ...counts }: EvidentlyColumn): ColumnReport {
  const { method, score, threshold, drifted, statistic, pValue } = evidently;
  const key = evidentlyKeys[method];
  const sign = score < threshold ? '<' : score === threshold ? '=' : '>';
  return {
    column,
    kind,
    verdict: drifted ? 'warning' : 'ok',
    reason: `${method} ${Number(score.toPrecision(4))} ${sign} ${threshold}`,
    decidedBy: key,
    threshold,
    ...counts,
    statistics: {
      [key]: {
        statistic,
        ...(pValue !== undefined && { pValue }),
        ...(key === 'wasserstein' && { normalized: score }),
      },
    },
  };
}
