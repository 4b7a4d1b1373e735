import { expect, it } from 'vitest';

import { niceTicks } from '../../console/chart-parts.ts';

it('marks an axis at three to six round numbers', () => {
  expect(niceTicks(0.02, 0.97)).toEqual([0.2, 0.4, 0.6, 0.8]);
  expect(niceTicks(-3, 21)).toEqual([0, 5, 10, 15, 20]);
  expect(niceTicks(0.1, 0.7)).toEqual([0.2, 0.4, 0.6]);
  expect(niceTicks(5, 5)).toEqual([5]);
});
