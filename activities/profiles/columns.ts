/** The columns of a monitor that are profiled: its features, the prediction, its confidence and the actual. */

import type { FeatureKind, Monitor } from '../../core/monitor/schema.ts';
import { outcomeKind } from '../../core/monitor/schema.ts';
import { levelOf } from '../../core/profile/profile.ts';

export type Subject = 'feature' | 'prediction' | 'confidence' | 'actual';

export interface Column {
  readonly name: string;
  readonly subject: Subject;
  readonly kind: FeatureKind;
}

/** All serving rows, as a segment. */
export const wholeModel = '';

/**
 * The segments that a prediction belongs to: all rows, and one for each feature of `segments`, named by its value.
 *
 * @example segmentsOf(['workingday'], row) // ['', 'workingday=1']
 */
export function segmentsOf(segments: readonly string[], row: Pick<PredictionRow, 'features'>): string[] {
  return [wholeModel, ...segments.flatMap((feature) => segmentsOfValue(feature, row.features[feature]))];
}

/** A longer text names no group of rows; with the keys of the tables it would be more than an index of Postgres takes. */
const longestLevel = 500;

/**
 * The segment that a value of a feature makes a row belong to; none where the value is missing, or a text of more than 500 characters.
 *
 * @example [segmentsOfValue('workingday', 1), segmentsOfValue('workingday', null)] // [['workingday=1'], []]
 */
export function segmentsOfValue(feature: string, value: unknown): string[] {
  const level = levelOf(value);
  return level === undefined || level.length > longestLevel ? [] : [`${feature}=${level}`];
}

/** What profiling reads of a serving prediction. */
export interface PredictionRow extends Record<string, unknown> {
  readonly hour: number;
  readonly features: Readonly<Record<string, unknown>>;
  readonly prediction: number | null;
  readonly predicted_class: string | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
}

/** The columns that come with each prediction. */
export function predictionColumns(monitor: Monitor): Column[] {
  return [
    ...Object.entries(monitor.features).map(([name, { kind }]): Column => ({
      name,
      subject: 'feature',
      kind,
    })),
    { name: 'prediction', subject: 'prediction', kind: outcomeKind(monitor.task) },
    ...(monitor.task === 'classification'
      ? [{ name: 'confidence', subject: 'confidence', kind: 'continuous' } as const]
      : []),
  ];
}

/** The column that comes later, with the outcomes. */
export function actualColumn(monitor: Monitor): Column {
  return { name: 'actual', subject: 'actual', kind: outcomeKind(monitor.task) };
}

/** Why a column is not judged any more, in words; undefined where it is. */
export function unwatchedBecause(monitor: Monitor, name: string): string | undefined {
  const column = [...predictionColumns(monitor), actualColumn(monitor)].find((one) => one.name === name);
  if (column === undefined) return `${name} is no longer watched`;
  const { enabled } = column.subject === 'feature' ? monitor.features[name]! : monitor[column.subject];
  return enabled ? undefined : `${name} is disabled in the monitor`;
}

/** The value of a column in a prediction; null where it is missing. */
export function readColumn({ subject, name }: Column, row: PredictionRow): unknown {
  switch (subject) {
    case 'feature':
      return row.features[name];
    case 'prediction':
      return row.prediction ?? row.predicted_class;
    case 'confidence':
      return row.probabilities === null ? null : Math.max(...Object.values(row.probabilities));
    case 'actual':
      return null;
  }
}
