/** What became of a file, for people and for machines. */

import { formatCount } from '../../console/numbers.ts';
import type { ColumnPlan, Stream } from './column-plan.ts';
import type { IngestCounts, ReasonCount } from './ingest-file.ts';
import type { Repeated } from './repeated-keys.ts';
import { printable } from '../print.ts';

export interface FileSummary {
  readonly file: string;
  readonly model: string;
  readonly plan: ColumnPlan;
  readonly counts: IngestCounts;
  /** Rows that a load before had done. */
  readonly before: number;
  /** Undefined where none is written. */
  readonly rejectedFile: string | undefined;
  readonly seconds: number;
  readonly dryRun: boolean;
}

/** More reasons do not help. */
const mostReasons = 3;

export function summaryLines({
  file,
  plan,
  counts,
  before,
  rejectedFile,
  seconds,
  dryRun,
}: FileSummary): readonly string[] {
  const { rows, stored, changed, rejected, repeated } = counts;
  const what = plan.streams.map((stream) => {
    const isNew = dryRun ? '' : ` (${formatCount(changed[stream])} new or changed)`;
    return `${formatCount(stored[stream])} ${stream}${isNew}`;
  });
  const rate = formatCount(Math.round((rows - before) / Math.max(seconds, 0.001)));
  const reasons = commonest(counts).map(
    ([reason, { rows, line }]) => `  ${formatCount(rows)}x, first in line ${line}: ${reason}`,
  );
  const kept =
    rejectedFile === undefined
      ? '; --rejected <file> writes them with their lines and reasons'
      : `; they are in ${rejectedFile}`;
  return [
    `${dryRun ? 'would store' : 'stored'} ${what.join(' and ')} in ${seconds.toFixed(1)} s, ${rate} rows/s`,
    ...(before === 0 ? [] : [`${formatCount(before)} rows were stored before`]),
    ...plan.streams.flatMap((stream) => repeatedLines(stream, repeated[stream])),
    ...(rejected === 0
      ? []
      : [
          `${dryRun ? 'would reject' : 'rejected'} ${formatCount(rejected)} of ${formatCount(rows)} rows of ${file}${kept}`,
        ]),
    ...reasons,
  ].map((line) => printable(line));
}

/** Which key it is, and what tells two rows apart that are meant to be two. */
const keyText = {
  predictions: 'entity, time, version and issued_at',
  actuals: 'entity and time',
} as const;

function repeatedLines(stream: Stream, { rows, example, isAtLeast }: Repeated): readonly string[] {
  if (rows === 0) return [];
  const lines = example === undefined ? '' : `, for example lines ${example.first} and ${example.again}`;
  const ways =
    stream === 'predictions'
      ? '; where a prediction was issued twice, --map <column>=issued_at keeps both'
      : '';
  return [
    `${formatCount(rows)}${isAtLeast ? ' or more' : ''} ${stream} have the ${keyText[stream]} of a row before${lines}: the last of them counts${ways}`,
  ];
}

export function summaryJson({
  file,
  model,
  plan,
  counts,
  before,
  rejectedFile,
  seconds,
  dryRun,
}: FileSummary): unknown {
  const { rows, stored, changed, rejected, repeated } = counts;
  return {
    file,
    model,
    dryRun,
    columns: {
      ...Object.fromEntries(plan.fields),
      features: Object.fromEntries(plan.features),
      probabilities: Object.fromEntries(plan.probabilities),
      leftOut: plan.leftOut,
      missing: plan.missingFeatures,
    },
    rows,
    stored,
    changed,
    repeated: { predictions: repeated.predictions.rows, actuals: repeated.actuals.rows },
    rejected,
    rejectedFile: rejected === 0 ? null : (rejectedFile ?? null),
    reasons: commonest(counts).map(([reason, { rows, line }]) => ({ reason, rows, line })),
    rowsBefore: before,
    seconds: Number(seconds.toFixed(3)),
  };
}

function commonest({ reasons }: IngestCounts): readonly (readonly [string, ReasonCount])[] {
  return [...reasons].sort(([, a], [, b]) => b.rows - a.rows).slice(0, mostReasons);
}
