/** Compares the versions of one window with each other and with baselines. */

import { blockLengthOf } from '../../core/comparison/blocks.ts';
import {
  compareLosses,
  lossMetricsOf,
  type MetricDifference,
  type SummedMetric,
} from '../../core/comparison/compare-losses.ts';
import { compareMeans } from '../../core/comparison/compare-means.ts';
import {
  judgeDifference,
  type ComparedRows,
  type JudgedDifference,
} from '../../core/comparison/judge-difference.ts';
import { mcNemarPValue } from '../../core/comparison/mcnemar.ts';
import { judgeSampleRatio } from '../../core/comparison/sample-ratio.ts';
import { formatShare } from '../../core/number-text.ts';
import type { Queryable } from '../../sql/database.ts';
import { baselines, describeBaseline, readConstant, type Baseline } from './baselines.ts';
import {
  constantRows,
  laggedRows,
  splitRows,
  versionRows,
  type ComparedRowsQuery,
  type ComparedWindow,
} from './compared-rows.ts';
import { readLossSums, readScoreCounts, type ComparedSums } from './loss-sums.ts';
import { countSplit, type ServedVersion } from './versions.ts';

export interface Comparison extends MetricDifference, JudgedDifference {
  readonly kind: 'version' | 'ab' | 'baseline';
  readonly subject: string;
  readonly against: string;
  /** Outcomes of the subject that could not be compared. */
  readonly leftOut: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Every other version costs as much as the first: the busiest are compared. */
const mostVersions = 8;
/** A rare overlap, at the hour of a promotion, is no experiment. */
const fewestSharedHours = 24;

/** A comparison as it is asked for. */
interface Question {
  readonly kind: Comparison['kind'];
  readonly subject: ServedVersion;
  readonly against: string;
  /** In words. */
  readonly againstText: string;
  readonly rows: ComparedRows;
  readonly metrics: readonly SummedMetric[];
}

/**
 * Everything that can be said of the versions of a window: the others against the one that served most of it, on the rows that
 * both predicted; serving ones also on the different rows that each served, where they shared the traffic; and each
 * version that served against the baselines.
 */
export async function compareWindow(
  connection: Queryable,
  of: ComparedWindow,
  versions: readonly ServedVersion[],
): Promise<Comparison[]> {
  const serving = versions.filter(({ served }) => served > 0).slice(0, mostVersions);
  const [incumbent] = serving;
  if (incumbent === undefined) return [];
  const others = versions.filter(({ version }) => version !== incumbent.version).slice(0, mostVersions);
  const comparisons: Comparison[] = [];
  for (const other of others) {
    const { pair, sums } = await compareVersions(connection, of, other, incumbent);
    comparisons.push(...pair);
    const areTheSameRows = 2 * sums.rows.subject >= Math.min(other.served, incumbent.served);
    if (other.served > 0 && !areTheSameRows)
      comparisons.push(...(await compareSplit(connection, of, other, incumbent)));
  }
  for (const version of serving) {
    for (const baseline of baselines)
      comparisons.push(...(await compareWithBaseline(connection, of, version, baseline)));
  }
  return comparisons;
}

async function compareVersions(
  connection: Queryable,
  of: ComparedWindow,
  subject: ServedVersion,
  against: ServedVersion,
): Promise<{ pair: Comparison[]; sums: ComparedSums }> {
  const question: Question = {
    kind: 'version',
    subject,
    against: against.version,
    againstText: `version ${against.version}`,
    rows: 'the same rows',
    metrics: lossMetricsOf(of.monitor.task),
  };
  const rows = versionRows(of, subject.version, against.version);
  const sums = await readLossSums(connection, of, rows);
  return { pair: answersTo(question, await differencesOf(connection, of, question, rows, sums), sums), sums };
}

async function compareSplit(
  connection: Queryable,
  of: ComparedWindow,
  subject: ServedVersion,
  against: ServedVersion,
): Promise<Comparison[]> {
  const split = await countSplit(connection, of, subject.version, against.version);
  if (split.sharedHours < fewestSharedHours) return [];
  const { task, positiveClass, classes } = of.monitor;
  const counted: readonly SummedMetric[] =
    task === 'regression'
      ? ['mean_actual']
      : classes?.length === 2 || positiveClass !== undefined
        ? ['conversion']
        : [];
  const question: Question = {
    kind: 'ab',
    subject,
    against: against.version,
    againstText: `version ${against.version}`,
    rows: 'different rows of the same hours',
    metrics: [...lossMetricsOf(task), ...counted],
  };
  const rows = splitRows(of, subject.version, against.version);
  const sums = await readLossSums(connection, of, rows);
  const differences = await differencesOf(connection, of, question, rows, sums);
  const length = blockLengthOf(of.window);
  const sampleRatio = judgeSampleRatio(
    split.blocks.map(({ subject, against }) => ({ subject: subject.rows, against: against.rows })),
    meantShare(of, subject.version, against.version),
    length,
  );
  const coverage = compareMeans(split.blocks, { length });
  const doubts =
    sampleRatio.verdict === 'warning' ? [`version ${subject.version} got ${sampleRatio.reason}`] : [];
  if (
    !('notComputable' in coverage) &&
    !('notComputable' in coverage.certainty) &&
    coverage.certainty.pValue <= 0.001
  ) {
    const [one, other] = [formatShare(coverage.value), formatShare(coverage.against)];
    doubts.push(
      `actuals have come for ${one} of its rows against ${other}: those that have may not be alike`,
    );
  }
  return answersTo(question, differences, sums).map((answer) => ({
    ...answer,
    reason: [answer.reason, ...doubts].join('; '),
    details: { ...answer.details, sampleRatio, coverage },
  }));
}

/** What the monitor means the subject to get of the rows of both; undefined where it does not say so. */
function meantShare({ monitor }: ComparedWindow, subject: string, against: string): number | undefined {
  const { [subject]: one, [against]: other } = monitor.performance.comparisons.split ?? {};
  return one === undefined || other === undefined ? undefined : one / (one + other);
}

async function compareWithBaseline(
  connection: Queryable,
  of: ComparedWindow,
  subject: ServedVersion,
  baseline: Baseline,
): Promise<Comparison[]> {
  const question: Question = {
    kind: 'baseline',
    subject,
    against: baseline,
    againstText: describeBaseline(baseline, of.monitor),
    rows: 'the same rows',
    metrics: of.monitor.task === 'regression' ? ['mae', 'rmse'] : ['accuracy', 'brier'],
  };
  const rows = await baselineRows(connection, of, subject.version, baseline);
  if (rows === undefined) {
    const found = { notComputable: 'there are no actuals in the window before' };
    const none = question.metrics.map((metric) => ({ metric, rows: 0, againstRows: 0, found }));
    return answersTo(question, none, undefined);
  }
  const sums = await readLossSums(connection, of, rows);
  return answersTo(question, compareLosses({ ...of, metrics: question.metrics, sums: sums.sums }), sums);
}

async function baselineRows(
  connection: Queryable,
  of: ComparedWindow,
  version: string,
  baseline: Baseline,
): Promise<ComparedRowsQuery | undefined> {
  if (baseline !== 'constant') return laggedRows(of, version, baseline);
  const constant = await readConstant(connection, of.monitor, of.window);
  return constant && constantRows(of, version, constant);
}

async function differencesOf(
  connection: Queryable,
  of: ComparedWindow,
  { metrics }: Question,
  rows: ComparedRowsQuery,
  { sums }: ComparedSums,
): Promise<readonly MetricDifference[]> {
  const isBinary = of.monitor.task === 'classification' && of.monitor.classes?.length === 2;
  const isScored = sums.some((block) => (block.sums.brier?.rows ?? 0) > 0);
  if (!isBinary || !isScored) return compareLosses({ ...of, metrics, sums });
  return compareLosses({ ...of, metrics, sums, scores: await readScoreCounts(connection, of, rows) });
}

function answersTo(
  { kind, subject, against, againstText, rows }: Question,
  differences: readonly MetricDifference[],
  sums: ComparedSums | undefined,
): Comparison[] {
  const outcomes = kind === 'version' ? subject.outcomes : subject.served;
  return differences.map((difference) => ({
    kind,
    subject: subject.version,
    against,
    ...difference,
    ...judgeDifference(difference, { subject: `version ${subject.version}`, against: againstText, rows }),
    leftOut: Math.max(0, outcomes - difference.rows),
    details: difference.metric === 'accuracy' && rows === 'the same rows' && sums ? mcNemarOf(sums) : {},
  }));
}

function mcNemarOf({ onlyRight: { subject, against } }: ComparedSums): Record<string, unknown> {
  return {
    mcNemar: { onlySubject: subject, onlyAgainst: against, pValue: mcNemarPValue(subject, against) },
  };
}
