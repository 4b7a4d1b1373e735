/** Makes rows of a file into rows as the client takes them. */

import { givenProbabilities } from '../../client/given-probabilities.ts';
import type { Expectation } from '../../client/prediction-rows.ts';
import { lineMark, valueOf, type ColumnPlan, type Origin, type Stream } from './column-plan.ts';
import { sampledValues } from './column-values.ts';
import type { DateOrder } from './date-order.ts';
import type { Field } from './fields.ts';
import { decimalMarkOf } from './number-format.ts';
import type { RowSource, SourceRow } from './row-source.ts';
import {
  categoryReader,
  classReader,
  instantReader,
  isMissing,
  keyReader,
  numberReader,
  timeFormatOf,
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
  /** Of dates that do not begin with the year, where it is said. */
  readonly dates: DateOrder | undefined;
  /** Of actuals without a column for it, in epoch milliseconds. */
  readonly recordedAt: number;
}

type Getter = (row: SourceRow) => unknown;

export function rowMakers(request: MakerRequest): RowMakers {
  const { source, plan, expected, recordedAt } = request;
  const sampled = (origin: Origin): readonly unknown[] =>
    'column' in origin ? sampledValues(source, origin.column) : [origin.constant];
  const numbersOf = (origin: Origin): ValueReader =>
    numberReader(decimalMarkOf(sampled(origin), source.decimalComma ? ',' : '.'));

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
  const numberField = (name: Field): Getter | undefined => {
    const origin = plan.fields.get(name);
    return origin === undefined ? undefined : getter(origin, numbersOf(origin));
  };
  const areNumbers = (origin: Origin): boolean => {
    const values = sampled(origin);
    const number = numbersOf(origin);
    return values.length > 0 && values.every((value) => typeof number(value) === 'number');
  };
  const instant = (name: Field): Getter | undefined => {
    const origin = plan.fields.get(name);
    if (origin === undefined) return undefined;
    const isLocal = 'column' in origin && source.timesWithoutZone.has(origin.column);
    return getter(
      origin,
      instantReader({ ...timeFormatOf(sampled(origin), request.dates), timeZone: request.timeZone, isLocal }),
    );
  };
  const outcome = (name: Field): Getter => {
    const origin = plan.fields.get(name)!;
    const isNumber = expected.task === undefined ? areNumbers(origin) : expected.task === 'regression';
    return getter(origin, isNumber ? numbersOf(origin) : classReader(request.classes));
  };
  const featureReader = (name: string, origin: Origin): ValueReader => {
    const kind = expected.kinds.get(name);
    const isNumber = kind === undefined ? areNumbers(origin) : kind === 'continuous';
    return isNumber ? numbersOf(origin) : categoryReader;
  };

  const entity = field('entity', keyReader);
  const eventTime = instant('event_time');

  const predictions = (): Getter => {
    const [version, role] = [field('version', keyReader), field('role', keyReader)];
    const issuedAt = instant('issued_at');
    const [low, high] = [numberField('interval_low'), numberField('interval_high')];
    const features = [...plan.features].map(([name, origin]) => ({
      name,
      get: getter(origin, featureReader(name, origin)),
    }));
    const probabilities = probabilitiesOf(request, (origin) => getter(origin, numbersOf(origin)));
    const prediction = plan.isLikeliest
      ? (row: SourceRow) =>
          likeliestOf(probabilities?.(row) as Readonly<Record<string, unknown>> | undefined, request.classes)
      : outcome('prediction');
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
    const [probability] = plan.probabilities.values();
    const origin = of === 'predictions' && plan.isLikeliest ? probability : plan.fields.get(valueOf[of]);
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

/** The class of the highest probability, of two alike ones the later; undefined where one is missing. */
function likeliestOf(
  probabilities: Readonly<Record<string, unknown>> | undefined,
  classes: readonly string[] | undefined,
): string | undefined {
  let best: { readonly name: string; readonly probability: number } | undefined;
  for (const name of classes ?? Object.keys(probabilities ?? {})) {
    const probability = probabilities?.[name];
    if (typeof probability !== 'number') return undefined;
    if (best === undefined || probability >= best.probability) best = { name, probability };
  }
  return best?.name;
}
