import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { reportFailure } from '../../cli/failures.ts';
import { TidewatchError } from '../../core/errors.ts';

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(console, 'error').mockImplementation((text: string) => void said.push(text));
});
afterEach(() => vi.restoreAllMocks());

it('a model that is misspelt is told by its name, and no file is to be written for it', () => {
  const known = 'bike-forecasts, flights';
  expect(reportFailure(new TidewatchError('UNKNOWN_MODEL', { model: 'bike-forecast', known }))).toBe(2);
  expect(said).toEqual([
    'No monitor watches the model "bike-forecast". Did you mean "bike-forecasts"? Known models: bike-forecasts, flights.',
  ]);
});

it('a model that nobody knows wants a monitor', () => {
  expect(reportFailure(new TidewatchError('UNKNOWN_MODEL', { model: 'houses', known: 'none yet' }))).toBe(2);
  expect(said).toEqual([expect.stringContaining('Add monitors/houses.yaml and run `tidewatch apply`.')]);
});
