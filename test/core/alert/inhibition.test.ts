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
  ['drift while data of its model are stale', drift, [stale], 'held back by freshness:bike:predictions'],
  ['no drift of another model', drift, [{ ...stale, model: 'boat' }], undefined],
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
    alert('freshness', 'warning', 'hum'),
    [drift, alert('freshness', 'warning', 'hum')],
    undefined,
  ],
])('holds back %s', (_, target, open, reason) => {
  expect(heldBack(target, open, settings(), now)?.reason).toBe(reason);
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
