import type { Fact } from '../alert/alert.ts';
import { formatPValue, formatShare, formatSignificant } from '../number-text.ts';
import { togetherLabels, type Finding } from '../multivariate/finding.ts';
import { methodOf } from '../statistics/registry.ts';
import type { Computed } from '../verdict.ts';
import type { Question } from './answer.ts';
import type { ColumnDrift } from './column-drift.ts';

/**
 * What has drifted, for a message: the enabled columns, the critical ones first, and what all features show together.
 *
 * @example
 * const hum = { column: 'hum', drifted: 'yes', enabled: true, verdict: { level: 'warning', reason: 'hum: Wasserstein 0.31 sd' } };
 * alertFacts([hum]) // [{ name: 'hum', value: 'Wasserstein 0.31 sd' }]
 */
export function alertFacts(
  columns: readonly ColumnDrift[],
  speaking: readonly Finding<unknown>[] = [],
): Fact[] {
  const drifted = columns.filter((column) => column.drifted === 'yes' && column.enabled);
  const isCritical = ({ verdict }: ColumnDrift): boolean => verdict.level === 'critical';
  return [
    ...[...drifted.filter(isCritical), ...drifted.filter((column) => !isCritical(column))].map(
      ({ column, verdict: { reason } }) => ({ name: column, value: reason.replace(`${column}: `, '') }),
    ),
    ...speaking.map(({ method, verdict: { reason } }) => ({ name: togetherLabels[method], value: reason })),
  ];
}

/** What surrounds a column, in words. */
export interface ColumnContext {
  /** As "2011-03-01 to 2011-04-01 (fixed)". */
  readonly reference: string;
  readonly window: string;
  /** Since when it has drifted. */
  readonly since?: string;
}

const questions: Readonly<Record<Question, string>> = {
  reference: 'against the reference',
  recent: 'against the windows before',
};

/**
 * What somebody needs who is called because a column has drifted: what decided and how large that is, what was compared, since
 * when, how much the column matters to the model, and whether values are missing. What is not known is left out.
 *
 * @example
 * const values = (shift) => Float64Array.from({ length: 400 }, (_, i) => i / 400 + shift);
 * const grid = buildContinuousGrid(values(0));
 * const comparison = compareProfiles(grid, buildProfile(grid, values(0)), buildProfile(grid, values(0.05)));
 * const settings = { column: 'hum', kind: 'continuous', decidingMethod: 'wasserstein', enabled: true, minimumRows: 20 };
 * const [hum] = judgeColumns([examineColumn(settings, comparison)], { alpha: 0.05 });
 * columnFacts(hum, { reference: 'March', window: 'the last week' }).map(({ name, value }) => `${name}: ${value}`)
 * // ['Method: Wasserstein, against the reference', 'Statistic: 0.05', 'Effect: 0.173 sd (warning from 0.1 sd, critical from 0.5 sd)',
 * //  'p-value: 0.019 after correction (0.019 before)', 'Mean: 0.549 (reference 0.499)', 'Window: the last week, 400 rows',
 * //  'Reference: March, 400 rows', 'Missing: 0% of the rows']
 */
export function columnFacts(drift: ColumnDrift, { reference, window, since }: ColumnContext): Fact[] {
  const { decidingMethod, weight, missingRatio, rows } = drift;
  const { label } = methodOf(decidingMethod);
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    ['Method', `${label}, ${questions[drift.question ?? 'reference']}`],
    ...numbersOf(drift),
    ['Mean', meansText(drift.means)],
    ['Window', `${window}, ${rows.current} rows`],
    ['Reference', `${reference}, ${rows.reference} rows`],
    ['Drifting', since],
    ['Importance', weight === undefined ? undefined : formatShare(weight)],
    ['Missing', 'value' in missingRatio ? `${formatShare(missingRatio.value)} of the rows` : undefined],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** The statistic where it is another number than the effect, the effect with its limits, and the p-value. */
function numbersOf(drift: ColumnDrift): readonly (readonly [name: string, value: string | undefined])[] {
  const { methods, decidingMethod, threshold, question = 'reference' } = drift;
  const { unit, floors, decidedBy } = methodOf(decidingMethod);
  const found = methods.find(({ method }) => method === decidingMethod);
  const answer = drift.answers.find((one) => one.question === question);
  if (found === undefined || 'notComputable' in found) return [];
  const { statistic, effect: foundEffect, pValue } = found;
  const effect = answer?.effect ?? foundEffect;
  const isFrozen = threshold !== undefined;
  const limits =
    isFrozen && decidedBy === 'effect'
      ? `limit ${threshold}${unit}`
      : `warning from ${floors.warning}${unit}, critical from ${floors.critical}${unit}`;
  return [
    [
      'Statistic',
      question === 'reference' && statistic !== foundEffect ? formatSignificant(statistic) : undefined,
    ],
    [
      'Effect',
      `${formatSignificant(effect)}${unit}${isFrozen && decidedBy === 'p-value' ? '' : ` (${limits})`}`,
    ],
    [
      'p-value',
      answer !== undefined
        ? `${formatPValue(answer.adjustedPValue)} after correction (${formatPValue(answer.pValue)} before)`
        : pValue === null
          ? undefined
          : `${formatPValue(pValue)}${isFrozen && decidedBy === 'p-value' ? ` (limit ${threshold})` : ''}`,
    ],
  ];
}

function meansText({ reference, current }: ColumnDrift['means']): string | undefined {
  const text = (mean: Computed): string | undefined =>
    'value' in mean ? formatSignificant(mean.value) : undefined;
  const now = text(current);
  return now === undefined ? undefined : `${now} (reference ${text(reference) ?? 'none'})`;
}
