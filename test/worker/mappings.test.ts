import { expect, it } from 'vitest';

import { withoutSource } from '../../worker/mappings.ts';

it('leaves out what leads to a source, and lets the rest lead where it did', () => {
  expect(withoutSource('AAAA;ACAA;ADAA', 1)).toBe('AAAA;;AAAA');
  // Columns, sources, lines, columns and names, with large and negative differences, and a segment that leads nowhere.
  const mappings = 'AAAA,SAASA,CAAC;;gBCgjBUC,U,IDhjBVC;ACAA';
  expect(withoutSource(mappings, 7)).toBe(mappings);
  expect(withoutSource(mappings, 1)).toBe('AAAA,SAASA,CAAC;;0B,IAAAE;');
  expect(withoutSource('', 0)).toBe('');
});
