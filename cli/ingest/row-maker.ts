/** Makes rows of a file into rows as the client takes them. */

import { givenProbabilities } from '../../client/given-probabilities.ts';
import type { Expectation } from '../../client/prediction-rows.ts';
import {
  lineMark,
  sampledValues,
  valueOf,
  type ColumnPlan,
  type Origin,
  type Stream,
} from './column-plan.ts';
import type { Field } from './fields.ts';
import type { RowSource, SourceRow } from './row-source.ts';
import {
  categoryReader,
  classReader,
  instantReader,
  isMissing,
  keyReader,
  numberReader,
  type ValueReader,
} from './value-readers.ts';

export interface RowMakers {
  /** Each gives a row for the client, or undefined where the row says nothing of the stream. */
  readonly makers: Readonly<Partial<Record<Stream, (row: SourceRow) => unknown>>>;
  /** Columns whose numbers are wanted as they are written. */
  readonly asText: ReadonlySet<string>;
}

export interface MakerRequest {
  readonly source: RowSource;
  readonly plan: ColumnPlan;
  readonly expected: Expectation;
  /** The classes of the monitor. */
  readonly classes: readonly string[] | undefined;
  readonly timeZone: string | undefined;
  /** Of actuals without a column for it, in epoch milliseconds. */
  readonly recordedAt: number;
}

type Getter = (row: SourceRow) => unknown;

/** Earlier in seconds than in milliseconds: 1973 in milliseconds is the year 5138 in seconds. */
const secondsBelow = 100_000_000_000;

export function rowMakers(request: MakerRequest): RowMakers {
  const { source, plan, expected, recordedAt } = request;
  const number = numberReader(source.decimalComma);

  const getter = (origin: Origin, reader: ValueReader): Getter => {
    if ('column' in origin) {
      const index = source.columns.indexOf(origin.column);
      return ({ values }) => reader(values[index]);
    }
    if (origin.constant === lineMark) return ({ line }) => String(line);
    const value = reader(origin.constant);
    return () => value;
  };
  const field = (name: Field, reader: ValueReader): Getter | undefined => {
    const origin = plan.fields.get(name);
    return origin === undefined ? undefined : getter(origin, reader);
  };
  const areNumbers = (origin: Origin): boolean => {
    const values = sampled(origin);
    return values.length > 0 && values.every((value) => typeof number(value) === 'number');
  };
  const sampled = (origin: Origin): readonly unknown[] =>
    'column' in origin ? sampledValues(source, origin.column) : [origin.constant];
  const instant = (name: Field): Getter | undefined => {
    const origin = plan.fields.get(name);
    if (origin === undefined) return undefined;
    const numbers = sampled(origin)
      .map(number)
      .filter((value) => typeof value === 'number');
    const isSeconds = numbers.length > 0 && numbers.every((value) => Math.abs(value) < secondsBelow);
    const isLocal = 'column' in origin && source.timesWithoutZone.has(origin.column);
    return getter(origin, instantReader({ unit: isSeconds ? 1000 : 1, timeZone: request.timeZone, isLocal }));
  };
  const outcome = (name: Field): Getter => {
    const origin = plan.fields.get(name)!;
    const isNumber = expected.task === undefined ? areNumbers(origin) : expected.task === 'regression';
    return getter(origin, isNumber ? number : classReader);
  };
  const featureReader = (name: string, origin: Origin): ValueReader => {
    const kind = expected.kinds.get(name);
    const isNumber = kind === undefined ? areNumbers(origin) : kind === 'continuous';
    return isNumber ? number : categoryReader;
  };

  const entity = field('entity', keyReader);
  const eventTime = instant('event_time');

  const predictions = (): Getter => {
    const [version, role] = [field('version', keyReader), field('role', keyReader)];
    const issuedAt = instant('issued_at');
    const prediction = outcome('prediction');
    const [low, high] = [field('interval_low', number), field('interval_high', number)];
    const features = [...plan.features].map(([name, origin]) => ({
      name,
      get: getter(origin, featureReader(name, origin)),
    }));
    const probabilities = probabilitiesOf(request, (origin) => getter(origin, number));
    return (row) => {
      const made: Record<string, unknown> = {};
      for (const { name, get } of features) made[name] = get(row);
      const [lowest, highest] = [low?.(row) ?? undefined, high?.(row) ?? undefined];
      const hasInterval = lowest !== undefined || highest !== undefined;
      return {
        version: version?.(row),
        entity: entity?.(row),
        eventTime: eventTime?.(row),
        issuedAt: issuedAt?.(row),
        role: role?.(row),
        features: made,
        prediction: prediction(row),
        probabilities: probabilities?.(row),
        interval: hasInterval ? { low: lowest, high: highest } : undefined,
      };
    };
  };

  const actuals = (): Getter => {
    const value = outcome('actual');
    const known = instant('recorded_at') ?? (() => recordedAt);
    return (row) => ({
      entity: entity?.(row),
      eventTime: eventTime?.(row),
      value: value(row),
      recordedAt: known(row),
    });
  };

  const makers = Object.fromEntries(
    plan.streams.map((stream) => {
      const make = stream === 'predictions' ? predictions() : actuals();
      return [stream, plan.streams.length === 1 ? make : unlessMissing(stream, request, make)];
    }),
  );
  const asText = (['entity', 'version'] as const).flatMap((name) => {
    const origin = plan.fields.get(name);
    return origin !== undefined && 'column' in origin ? [origin.column] : [];
  });
  return { makers, asText: new Set(asText) };
}

/** A row of predictions and actuals may have one of the two: an actual that is not known yet is no mistake. */
function unlessMissing(stream: Stream, { source, plan }: MakerRequest, make: Getter): Getter {
  const other = stream === 'predictions' ? 'actuals' : 'predictions';
  const hasNone = ({ values }: SourceRow, of: Stream): boolean => {
    const origin = plan.fields.get(valueOf[of]);
    return (
      origin !== undefined && 'column' in origin && isMissing(values[source.columns.indexOf(origin.column)])
    );
  };
  return (row) => {
    if (!hasNone(row, stream)) return make(row);
    // With neither of them the row is one to look at: the client says what is missing.
    return stream === 'predictions' && hasNone(row, other) ? make(row) : undefined;
  };
}

function probabilitiesOf(
  { plan, classes }: MakerRequest,
  getter: (origin: Origin) => Getter,
): Getter | undefined {
  const given = [...plan.probabilities].map(([name, origin]) => ({ name, get: getter(origin) }));
  return givenProbabilities(classes, given);
}
