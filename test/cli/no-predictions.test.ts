import { beforeEach, describe, expect, it } from 'vitest';

import { noPredictionsNote } from '../../cli/no-predictions.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { day, predictionsOf, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';

const model = 'asked';

const test = useDatabase('empty for each test');
beforeEach(() => watch(test.database, { model }));
const note = (from: number, to: number) =>
  noPredictionsNote(test.database, model, { start: day(from), end: day(to) });

describe('noPredictionsNote', () => {
  it('is nothing for a range with predictions, be it one', async () => {
    await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 3, to: 5 }));
    expect(await note(1, 4)).toBeUndefined();
    expect(await note(5, 9)).toBe(
      'asked has no predictions from 2024-01-05 to 2024-01-09; its first are of 2024-01-03, its last of 2024-01-04',
    );
  });

  it('does not count shadow predictions, which are not evaluated alone', async () => {
    const rows = predictionsOf({ from: 3, to: 5 }).map((row) => ({ ...row, role: 'shadow' as const }));
    await openClient({ database: test.database }).logPredictions(model, rows);
    expect(await note(1, 9)).toBe(
      'asked has no predictions from 2024-01-01 to 2024-01-09; none is stored yet',
    );
  });
});
