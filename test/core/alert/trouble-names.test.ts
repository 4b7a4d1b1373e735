import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { alertKey, alertKinds, type AlertKind } from '../../../core/alert/alert.ts';
import { troubleNames } from '../../../core/alert/trouble-names.ts';

const model = 'bike-demand';
const of = (kind: AlertKind, subject: string) => ({ kind, model, alertKey: alertKey(kind, model, subject) });

it.each([
  [of('drift', 'hum'), 'drift of hum'],
  [of('drift', '24h/hum'), 'drift of hum (last 24 hours)'],
  [of('prediction-drift', 'prediction'), 'prediction drift'],
  [of('prediction-drift', 'confidence'), 'drift of its confidence'],
  [of('dataset-drift', 'dataset'), 'data drift'],
  [of('dataset-drift', '24h/dataset'), 'data drift (last 24 hours)'],
  [of('dataset-drift', 'dataset/season=1'), 'data drift in season=1'],
  [of('missing-data', 'hum'), 'missing values of hum'],
  [of('freshness', 'actuals'), 'stale actuals'],
  [of('degradation', 'performance'), 'degradation'],
  [of('dead-man', 'drift-detection'), 'no success of drift-detection'],
] as const)('%o is %s', (alert, name) => {
  expect(troubleNames([alert], 80)).toBe(name);
});

it('names each once, those of a kind together', () => {
  const alerts = [of('drift', 'temp'), of('degradation', 'performance'), of('drift', 'atemp')];
  expect(troubleNames([...alerts, ...alerts], 80)).toBe('drift of temp, atemp; degradation');
});

it('counts those for which there is no room, and says nothing where there is room for none', () => {
  const alerts = ['temp', 'atemp', 'windspeed_10m'].map((feature) => of('drift', feature));
  expect(troubleNames(alerts, 30)).toBe('drift of temp and 2 more');
  expect(troubleNames(alerts, 'drift of temp, atemp and 1 more'.length)).toBe(
    'drift of temp, atemp and 1 more',
  );
  expect(troubleNames(alerts, 10)).toBe('');
});

it('is never longer than the room, however many there are', () => {
  const anyAlert = fc.record({ kind: fc.constantFrom(...alertKinds), subject: fc.string({ maxLength: 30 }) });
  fc.assert(
    fc.property(fc.array(anyAlert, { maxLength: 40 }), fc.nat(200), (given, room) => {
      expect(
        troubleNames(
          given.map(({ kind, subject }) => of(kind, subject)),
          room,
        ).length,
      ).toBeLessThanOrEqual(room);
    }),
  );
  const many = Array.from({ length: 1_000 }, (_, i) => of('drift', `f${i}`));
  expect(troubleNames(many, 10_000)).toMatch(/^drift of f0, .*f19 and 980 more$/);
});
