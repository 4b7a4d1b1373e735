import { expect, it } from 'vitest';

import { heldBack } from '../../../core/alert/inhibition.ts';
import type { OpenAlert } from '../../../core/alert/inhibition.ts';
import { installationSettingsSchema } from '../../../core/alert/installation-settings.ts';
import { parseInstant } from '../../../core/window.ts';

const now = parseInstant('2026-11-29T09:00:00Z');
const settings = (given: object = {}) => installationSettingsSchema.parse(given);
function alert(
  kind: OpenAlert['kind'],
  severity: OpenAlert['severity'],
  subject: string,
  model = 'bike',
): OpenAlert {
  return { model, alertKey: `${kind}:${model}:${subject}`, kind, severity, subject };
}
const drift = alert('drift', 'critical', 'hum');
const stale = alert('freshness', 'warning', 'predictions');

it.each<[string, OpenAlert, readonly OpenAlert[], string | undefined]>([
  [
    'drift while predictions of its model are stale',
    drift,
    [stale],
    'held back by freshness:bike:predictions',
  ],
  ['no drift of another model', drift, [{ ...stale, model: 'boat' }], undefined],
  [
    'no drift of a feature while actuals are stale',
    drift,
    [alert('freshness', 'warning', 'actuals')],
    undefined,
  ],
  [
    'drift of actuals while they are stale',
    alert('actuals-drift', 'warning', 'actual'),
    [alert('freshness', 'warning', 'actuals')],
    'held back by freshness:bike:actuals',
  ],
  [
    'nothing by itself',
    alert('degradation', 'critical', 'x'),
    [alert('degradation', 'critical', 'x')],
    undefined,
  ],
  [
    'a warning while the same subject is critical',
    alert('concept-drift', 'warning', 'performance'),
    [alert('degradation', 'critical', 'performance')],
    'held back by degradation:bike:performance',
  ],
  [
    'no warning of another subject',
    alert('concept-drift', 'warning', 'performance'),
    [alert('degradation', 'critical', 'business')],
    undefined,
  ],
  [
    'no warning by what is itself held back: somebody is told',
    alert('data-quality', 'warning', 'hum'),
    [drift, stale],
    undefined,
  ],
])('holds back %s', (_, target, open, reason) => {
  expect(heldBack(target, open, settings(), now)?.reason).toBe(reason);
});

const dataset = (severity: OpenAlert['severity'], subject = 'dataset') =>
  alert('dataset-drift', severity, subject);
it.each<[string, OpenAlert, OpenAlert, string | undefined]>([
  ['a critical feature while its dataset is critical', drift, dataset('critical'), 'dataset'],
  ['no critical feature while its dataset is only a warning', drift, dataset('warning'), undefined],
  [
    'a feature that is as bad as its dataset',
    alert('drift', 'warning', 'hum'),
    dataset('warning'),
    'dataset',
  ],
  ['no feature while only a segment drifts', drift, dataset('critical', 'dataset/season=1'), undefined],
  ['no feature of the week while the day drifts', drift, dataset('critical', '24h/dataset'), undefined],
  [
    'a feature of the day while its day drifts',
    alert('drift', 'critical', '24h/hum'),
    dataset('critical', '24h/dataset'),
    '24h/dataset',
  ],
  [
    'no drift of predictions while the inputs drift',
    alert('prediction-drift', 'critical', 'prediction'),
    dataset('critical'),
    undefined,
  ],
])('holds back %s', (_, target, source, subject) => {
  const reason = subject && `held back by dataset-drift:bike:${subject}`;
  expect(heldBack(target, [source, target], settings(), now)?.reason).toBe(reason);
});

it.each([
  [{ subject: 'hum' }, { subject: 'temp' }, true],
  [{ subject: 'hum' }, { subject: 'h*' }, false],
  [{ subject: '24h/*' }, { subject: '*' }, false],
  [{ subject: 'hum' }, {}, false],
])('a rule from %j to %j is possible: %j', (source, target, possible) => {
  expect(installationSettingsSchema.safeParse({ inhibition: [{ source, target }] }).success).toBe(possible);
});

it('adds the rules of an installation to the default ones, unless it wants only its own', () => {
  const inhibition = [{ source: { kind: 'degradation' }, target: { kind: 'prediction-drift' } }];
  const degraded = alert('degradation', 'warning', 'performance');
  const predictions = alert('prediction-drift', 'critical', 'prediction');
  for (const [given, byOwn, byDefault] of [
    [{}, false, true],
    [{ inhibition }, true, true],
    [{ inhibition, defaultInhibition: false }, true, false],
    [{ defaultInhibition: false }, false, false],
  ] as const) {
    expect(heldBack(predictions, [degraded], settings(given), now) !== null).toBe(byOwn);
    expect(heldBack(drift, [stale], settings(given), now) !== null).toBe(byDefault);
  }
});

it('lets the default rules hold back by what an own rule holds back', () => {
  const inhibition = [{ source: { kind: 'degradation' }, target: { kind: 'dataset-drift' } }];
  const dataset = alert('dataset-drift', 'critical', 'dataset');
  const open = [alert('degradation', 'warning', 'performance'), dataset];
  expect(heldBack(dataset, open, settings({ inhibition }), now)?.reason).toContain('degradation');
  expect(heldBack(drift, open, settings({ inhibition }), now)?.reason).toContain('dataset-drift');
});

it('holds back everything of a model under maintenance, until its end', () => {
  const maintenance = [
    {
      model: ['boat', 'bi*'],
      from: '2026-11-29T09:00:00Z',
      to: '2026-11-29T10:00:00Z',
      reason: 'the feed moves',
    },
  ];
  const until = parseInstant('2026-11-29T10:00:00Z');
  expect(heldBack(drift, [], settings({ maintenance }), now)?.until).toBe(until);
  expect(heldBack(drift, [], settings({ maintenance }), now - 1)).toBeNull();
  expect(heldBack(drift, [], settings({ maintenance }), until)).toBeNull();
  expect(heldBack({ ...drift, model: 'plane' }, [], settings({ maintenance }), now)).toBeNull();
});
