import { expect, it } from 'vitest';

import { createWakeAlerts } from '../../../activities/alerts/wake-alerts.ts';

it('wakes each alert of the model', async () => {
  const woken: unknown[] = [];
  const wakeAlerts = createWakeAlerts({ wakeAlert: async (alert) => void woken.push(alert) });
  await wakeAlerts({
    model: 'bike-demand',
    alertKeys: ['drift:bike-demand:dataset', 'degradation:bike-demand:performance'],
  });
  expect(woken).toEqual([
    { model: 'bike-demand', alertKey: 'drift:bike-demand:dataset' },
    { model: 'bike-demand', alertKey: 'degradation:bike-demand:performance' },
  ]);
});
