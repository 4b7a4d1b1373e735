/** Which columns of a source are read in place, and what they say of a row. */

import { givenProbabilities } from '../../client/given-probabilities.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { outcomeKind } from '../../core/monitor/schema.ts';
import type { Origin, PredictionSource } from '../../core/source/settings.ts';
import type { RowKeyParts } from '../../core/source/row-key.ts';
import { valueAt, type Vector, type VectorBatch } from '../../sql/binary-rows.ts';
import type { Column } from '../profiles/columns.ts';
import { wantedFeature, type ValueUse, type WantedColumn } from '../sources/wanted-columns.ts';

export interface PlacedColumns {
  readonly wanted: readonly WantedColumn[];
  /** The key of a row; undefined where it has none. */
  readonly keyOf: (batch: VectorBatch, row: number) => RowKeyParts | undefined;
  /** A vector a column, in their order. */
  readonly valuesOf: (batch: VectorBatch) => readonly Vector[];
}

export function placedColumns(
  source: PredictionSource,
  monitor: Monitor,
  columns: readonly Column[],
): PlacedColumns {
  const wanted: WantedColumn[] = [];
  const want = (what: string, column: string, use: ValueUse): number =>
    wanted.push({ what, column, use }) - 1;
  const wantKey = (
    what: string,
    origin: Origin,
  ): ((batch: VectorBatch, row: number) => string | undefined) => {
    if (typeof origin !== 'string') return () => origin.value;
    const index = want(what, origin, 'key');
    return (batch, row) => {
      const value = valueAt(batch.columns[index]!, row);
      return typeof value === 'string' ? value : undefined;
    };
  };
  const { columns: named } = source;
  const timeAt = want('event_time', named.event_time, 'instant');
  const issuedAt = named.issued_at === undefined ? undefined : want('issued_at', named.issued_at, 'instant');
  const entityOf = wantKey('entity', named.entity);
  const versionOf = wantKey('version', named.version);
  const keyOf = (batch: VectorBatch, row: number): RowKeyParts | undefined => {
    const eventTime = Number(batch.columns[timeAt]![row]);
    const issued = issuedAt === undefined ? Number.NaN : Number(batch.columns[issuedAt]![row]);
    const [entity, version] = [entityOf(batch, row), versionOf(batch, row)];
    if (Number.isNaN(eventTime) || entity === undefined || version === undefined) return undefined;
    return { eventTime, issuedAt: Number.isNaN(issued) ? eventTime : issued, entity, version };
  };
  const readers = columns.map((column): ((batch: VectorBatch) => Vector) => {
    switch (column.subject) {
      case 'feature': {
        const index = want(...wantedFeature(source, column.name, column.kind));
        return (batch) => batch.columns[index]!;
      }
      case 'prediction': {
        const use = outcomeKind(monitor.task) === 'continuous' ? 'number' : 'class';
        const index = want('prediction', named.prediction, use);
        return (batch) => batch.columns[index]!;
      }
      case 'confidence': {
        const given = Object.entries(source.probabilities).map(([name, probability]) => {
          const index = want(`the probability of "${name}"`, probability, 'number');
          return { name, get: ({ batch, row }: RowOf) => valueAt(batch.columns[index]!, row) };
        });
        return confidence(givenProbabilities(monitor.classes, given));
      }
      case 'actual':
        return ({ rows }) => new Float64Array(rows).fill(Number.NaN);
    }
  });
  return { wanted, keyOf, valuesOf: (batch) => readers.map((read) => read(batch)) };
}

interface RowOf {
  readonly batch: VectorBatch;
  readonly row: number;
}

function confidence(
  probabilitiesOf: ReturnType<typeof givenProbabilities<RowOf>>,
): (batch: VectorBatch) => Float64Array {
  return (batch) =>
    Float64Array.from({ length: batch.rows }, (_, row) => {
      const probabilities = probabilitiesOf?.({ batch, row });
      return probabilities === undefined ? Number.NaN : Math.max(...Object.values(probabilities).map(Number));
    });
}
