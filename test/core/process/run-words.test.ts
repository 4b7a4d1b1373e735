import { expect, it } from 'vitest';

import { alertWords, retrainingWords } from '../../../core/process/run-words.ts';

it('is cut between characters where the server would refuse the start', () => {
  const model = '🦊'.repeat(200);
  const { staticSummary } = alertWords({ model, alertKey: `drift:${model}:hum` });
  expect(Buffer.byteLength(staticSummary)).toBeLessThanOrEqual(300);
  expect(staticSummary).toBe(`${'🦊'.repeat(74)}…`);
  const { staticDetails } = retrainingWords({ model, reason: 'x'.repeat(30_000) });
  expect(Buffer.byteLength(staticDetails)).toBe(5_000);
});
