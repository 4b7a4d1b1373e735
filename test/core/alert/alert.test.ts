import { expect, it } from 'vitest';

import { alertKey, isWorse } from '../../../core/alert/alert.ts';

it('names an alert by kind, model and subject', () => {
  expect(alertKey('degradation', 'bike-demand', 'performance')).toBe('degradation:bike-demand:performance');
});

it('orders severities from info through warning to critical', () => {
  expect(isWorse('critical', 'warning')).toBe(true);
  expect(isWorse('warning', 'info')).toBe(true);
  expect(isWorse('info', 'critical')).toBe(false);
  expect(isWorse('warning', 'warning')).toBe(false);
});
