import { describe, expect, it } from 'vitest';

import type { Expectation } from '../../client/prediction-rows.ts';
import { predictionColumns, readPrediction } from '../../client/prediction-rows.ts';

const row = {
  version: '1',
  entity: '42',
  eventTime: '2011-05-20T08:00:00Z',
  features: { temp: 0.3, season: 'spring', holiday: false, hum: null },
  prediction: 17,
};
const noMonitor: Expectation = { kinds: new Map() };
const regression: Expectation = {
  task: 'regression',
  kinds: new Map([
    ['temp', 'continuous'],
    ['season', 'categorical'],
  ]),
};

const valuesOf = (given: unknown, expected = noMonitor): Record<string, unknown> => {
  const { values } = readPrediction(given, expected);
  return Object.fromEntries(Object.keys(predictionColumns).map((name, index) => [name, values[index]]));
};

describe('a prediction row that is stored', () => {
  it('takes its issue time from the event time, and serves, unless it says otherwise', () => {
    expect(valuesOf(row)).toEqual({
      version: '1',
      entity: '42',
      event_time: '2011-05-20T08:00:00.000Z',
      issued_at: '2011-05-20T08:00:00.000Z',
      role: 'serving',
      features: '{"temp":0.3,"season":"spring","holiday":false,"hum":null}',
      prediction: 17,
      predicted_class: null,
      probabilities: null,
      interval_low: null,
      interval_high: null,
    });
  });

  it('may have a class with probabilities, an issue time, a role and an interval', () => {
    const { prediction, predicted_class, probabilities, issued_at, role, interval_low, interval_high } =
      valuesOf({
        ...row,
        prediction: 'yes',
        probabilities: { yes: 0.75, no: 0.25 },
        issuedAt: '2011-05-19T08:00:00Z',
        role: 'shadow',
        interval: { low: -1, high: 2.5 },
      });
    expect([prediction, predicted_class, probabilities]).toEqual([null, 'yes', '{"yes":0.75,"no":0.25}']);
    expect([issued_at, role, interval_low, interval_high]).toEqual([
      '2011-05-19T08:00:00.000Z',
      'shadow',
      -1,
      2.5,
    ]);
  });

  it.each([
    ['a Date', new Date('2011-05-20T08:00:00Z')],
    ['epoch milliseconds', 1_305_878_400_000],
    ['ISO 8601 in another zone', '2011-05-20T10:00:00+02:00'],
    ['ISO 8601 with fractions', '2011-05-20T08:00:00.000Z'],
  ])('may give its event time as %s', (_, eventTime) => {
    expect(valuesOf({ ...row, eventTime }).event_time).toBe('2011-05-20T08:00:00.000Z');
  });

  it('may lack a feature of the monitor and have one more', () => {
    expect(valuesOf({ ...row, features: { extra: 1 } }, regression).features).toBe('{"extra":1}');
  });

  it('may have no features at all', () => {
    expect(valuesOf({ ...row, features: {} }).features).toBe('{}');
  });

  it('leaves an undefined feature out: it is missing', () => {
    expect(valuesOf({ ...row, features: { temp: undefined } }, regression).features).toBe('{}');
  });

  it('may have a number or a boolean in a categorical feature', () => {
    expect(valuesOf({ ...row, features: { season: 1 } }, regression).features).toBe('{"season":1}');
    expect(valuesOf({ ...row, features: { season: true } }, regression).features).toBe('{"season":true}');
  });
});

describe('a prediction row that is rejected', () => {
  const features = (value: unknown): object => ({ features: { hum: value } });
  it.each([
    [features(Number.NaN), 'features.hum is NaN; send null for a missing value'],
    [features(-Infinity), 'features.hum is -Infinity; send null for a missing value'],
    [features([1]), 'features.hum is an array; send a number, a text, true, false or null'],
    [features({ a: 1 }), 'features.hum is an object; send a number, a text, true, false or null'],
    [features(new Date()), 'features.hum is a Date; send a number, a text, true, false or null'],
    [features(1n), 'features.hum is a bigint; send a number, a text, true, false or null'],
    [
      features('a\0b'),
      'features.hum contains a NUL character or half of a surrogate pair; send well-formed text without NUL',
    ],
    [
      { features: { 'a\uD800': 1 } },
      'the name of a feature contains a NUL character or half of a surrogate pair; send well-formed text without NUL',
    ],
    [{ features: undefined }, 'features is missing; send an object: feature -> value'],
    [{ features: [1, 2] }, 'features is an array; send an object: feature -> value'],
    [{ features: new Map([['temp', 1]]) }, 'features is an object; send an object: feature -> value'],
    [{ prediction: Number.NaN }, 'prediction is NaN; send a finite number'],
    [{ prediction: Infinity }, 'prediction is Infinity; send a finite number'],
    [{ prediction: undefined }, 'prediction is missing; send a number, or a class as text'],
    [{ prediction: null }, 'prediction is null; send a number, or a class as text'],
    [{ prediction: '' }, 'prediction is empty; send a number, or a class as text'],
    [{ prediction: true }, 'prediction is true; send a number, or a class as text'],
    [{ version: '' }, 'version is empty; send a text such as "42"'],
    [{ version: 3 }, 'version is 3; send a text such as "42"'],
    [{ entity: undefined }, 'entity is missing; send a text such as "42"'],
    [{ entity: 'x'.repeat(301) }, 'entity has 301 characters; send at most 300'],
    [{ role: 'canary' }, 'role is "canary"; send "serving" or "shadow"'],
    [{ role: null }, 'role is null; send "serving" or "shadow"'],
    [{ probabilities: { yes: 1.2 } }, 'probabilities.yes is 1.2; send a number from 0 to 1'],
    [{ probabilities: { yes: Number.NaN } }, 'probabilities.yes is NaN; send a number from 0 to 1'],
    [{ probabilities: [0.2, 0.8] }, 'probabilities is an array; send an object: class -> probability'],
    [{ interval: { low: 0 } }, 'interval.high is missing; send a finite number'],
    [{ interval: { low: 2, high: 1 } }, 'interval.low 2 is above interval.high 1; swap the two'],
    [{ interval: [1, 2] }, 'interval is an array; send { low, high }'],
  ])('%o: %s', (part, reason) => {
    expect(() => readPrediction({ ...row, ...part }, noMonitor)).toThrow(
      expect.objectContaining({ name: 'RowProblem', message: reason }),
    );
  });

  const orAnInstant =
    'send a Date, epoch milliseconds, or ISO 8601 with an offset, for example "2011-05-20T00:00:00Z"';
  it.each([
    ['2011-05-20T08:00:00', `eventTime is "2011-05-20T08:00:00"; ${orAnInstant}`],
    ['2011-05-20', `eventTime is "2011-05-20"; ${orAnInstant}`],
    ['2011-02-30T00:00:00Z', `eventTime is "2011-02-30T00:00:00Z"; ${orAnInstant}`],
    [undefined, `eventTime is missing; ${orAnInstant}`],
    [null, `eventTime is null; ${orAnInstant}`],
    [Number.NaN, `eventTime is NaN; ${orAnInstant}`],
    [new Date('never'), `eventTime is an invalid Date; ${orAnInstant}`],
    [1_305_878_400, 'eventTime is 1305878400, which looks like seconds; send epoch milliseconds'],
    ['0001-01-01T00:00:00Z', 'eventTime is 0001-01-01T00:00:00Z; send an instant from 1900 to 2199'],
    ['2200-01-01T00:00:00Z', 'eventTime is 2200-01-01T00:00:00Z; send an instant from 1900 to 2199'],
    [Infinity, 'eventTime is Infinity; send an instant from 1900 to 2199'],
  ])('with the event time %s', (eventTime, reason) => {
    expect(() => readPrediction({ ...row, eventTime }, noMonitor)).toThrow(reason);
    expect(() => readPrediction({ ...row, issuedAt: eventTime ?? null }, noMonitor)).toThrow(/^issuedAt is /);
  });

  it.each([
    [null, 'the row is null; send an object'],
    [undefined, 'the row is missing; send an object'],
    ['{}', 'the row is "{}"; send an object'],
    [[row], 'the row is an array; send an object'],
  ])('that is %o', (given, reason) => {
    expect(() => readPrediction(given, noMonitor)).toThrow(reason);
  });
});

describe('a prediction row of a model with a monitor', () => {
  it('is rejected for a text or a boolean in a continuous feature', () => {
    const reason = 'but the monitor says that it is continuous; send a number or null';
    expect(() => readPrediction({ ...row, features: { temp: 'high' } }, regression)).toThrow(
      `features.temp is "high", ${reason}`,
    );
    expect(() => readPrediction({ ...row, features: { temp: true } }, regression)).toThrow(
      `features.temp is true, ${reason}`,
    );
  });

  it('is rejected for a class in a regression and for a number in a classification', () => {
    expect(() => readPrediction({ ...row, prediction: '17' }, regression)).toThrow(
      'prediction is "17"; the model is a regression: send a number',
    );
    expect(() => readPrediction(row, { task: 'classification', kinds: new Map() })).toThrow(
      'prediction is 17; the model is a classification: send the class as text, for example "1"',
    );
  });
});
