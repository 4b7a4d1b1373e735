import { expect, it } from 'vitest';

import { foldClasses } from '../../../console/performance-report/confusion-section.ts';

it('adds up the rarest classes as one, where there are too many', () => {
  const confusion = {
    classes: ['rare', 'often', 'never', 'some'],
    counts: [
      [1, 2, 0, 0],
      [3, 90, 0, 4],
      [0, 0, 0, 0],
      [5, 6, 0, 7],
    ],
  };
  expect(foldClasses(confusion, 3)).toEqual({
    classes: ['often', 'some', '2 others'],
    counts: [
      [90, 4, 3],
      [6, 7, 5],
      [2, 0, 1],
    ],
  });
  expect(foldClasses(confusion, 4)).toEqual(confusion);
});
