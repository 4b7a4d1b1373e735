import { expect, it } from 'vitest';

import { actualColumns, readActual } from '../../client/actual-rows.ts';

const row = {
  entity: '42',
  eventTime: '2011-05-20T08:00:00Z',
  value: 21,
  recordedAt: '2011-05-21T06:00:00Z',
};
const noMonitor = { kinds: new Map() };

it('reads a number', () => {
  const { values, eventTime } = readActual(row, noMonitor);
  expect(eventTime).toBe(Date.UTC(2011, 4, 20, 8));
  expect(Object.keys(actualColumns)).toEqual(['entity', 'event_time', 'value', 'class', 'recorded_at']);
  expect(values).toEqual(['42', '2011-05-20T08:00:00.000Z', 21, null, '2011-05-21T06:00:00.000Z']);
});

it('reads a class', () => {
  expect(readActual({ ...row, value: 'yes' }, noMonitor).values.slice(2, 4)).toEqual([null, 'yes']);
});

it.each([
  [{ entity: ' '.repeat(0) }, 'entity is empty; send a text such as "42"'],
  [{ value: Number.NaN }, 'value is NaN; send a finite number'],
  [{ value: null }, 'value is null; send a number, or a class as text'],
  [{ recordedAt: undefined }, /^recordedAt is missing; send a Date/],
  [{ recordedAt: '2011-05-21T06:00:00' }, /^recordedAt is "2011-05-21T06:00:00"; send a Date/],
  [{ eventTime: 1_305_878_400 }, /^eventTime is 1305878400, which looks like seconds/],
])('rejects %o', (part, reason) => {
  expect(() => readActual({ ...row, ...part }, noMonitor)).toThrow(reason);
});

it('rejects a value of the other kind than the monitor has', () => {
  expect(() => readActual({ ...row, value: '21' }, { ...noMonitor, task: 'regression' })).toThrow(
    'value is "21"; the model is a regression: send a number',
  );
  expect(() => readActual(row, { ...noMonitor, task: 'classification' })).toThrow(
    'value is 21; the model is a classification: send the class as text',
  );
});
