import { expect, it } from 'vitest';

import { namesModel } from '../../schedules/of-model.ts';

it.each([
  ['drift-detection:bikes-2026-05-01T03:00:00Z', true],
  ['reprocessing:bikes:2026-05-01T00:00:00Z:2026-05-08T00:00:00Z', true],
  ['metrics-push:drift-detection:bikes', true],
  ['drift-detection:bikes-2-2026-05-01T03:00:00Z', false],
  ['bikes:other', false],
])('%s is a run of bikes: %s', (workflowId, isOf) => {
  expect(namesModel(workflowId, 'bikes')).toBe(isOf);
});
