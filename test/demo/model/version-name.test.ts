/** How the demo's trainer calls what it has fitted. */

import { describe, expect, it } from 'vitest';

import { nameVersion } from '../../../demo/service/models.ts';
import { useActivities } from '../../setup/world.ts';

const test = useActivities('empty for each test');
const first = { model: 'bikes', retrainingId: '2011-06-21T03:40:00Z' };

describe('nameVersion', () => {
  it('is the day of the retraining, and the instant for another one of that day', async () => {
    expect(await nameVersion(test.database, first)).toBe('2011-06-21');
    await test.database.execute(
      `insert into model_versions (model, version, stage, lineage, registered_at)
       values ('bikes', '2011-06-21', 'archived', $1, now())`,
      [JSON.stringify({ retrainingId: first.retrainingId })],
    );
    expect(await nameVersion(test.database, first)).toBe('2011-06-21');
    const second = { ...first, retrainingId: '2011-06-21T09:00:00Z' };
    expect(await nameVersion(test.database, second)).toBe('2011-06-21T09:00:00Z');
  });
});
