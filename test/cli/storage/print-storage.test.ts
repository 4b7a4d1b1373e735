import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addStorage } from '../../../cli/commands/storage.ts';
import { dayMs, formatDay, floorToWeek } from '../../../core/window.ts';
import { toTimestamp } from '../../../sql/database.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { watch } from '../../setup/synthetic.ts';
import { printed } from '../on-database.ts';

describe('tidewatch storage', () => {
  let test: TestDatabase;
  const monday = floorToWeek(Date.parse('2024-01-03T12:00:00Z'));
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  const shown = (...args: readonly string[]): Promise<string> =>
    printed(addStorage, ['storage', ...args], test);

  /** So many days that are rolled up, and as many of them in weeks. */
  async function rolledUp(model: string, days: number, inWeeks: number): Promise<void> {
    await watch(test.database, { model });
    await test.database.execute(
      `insert into model_references (model, reference_id, kind, grids, row_count, built_at) values ($1, 'r', 'rolling', '{}', 1, now())`,
      [model],
    );
    await test.database.execute(
      `insert into rolled_up_days (model, reference_id, day, summed_by)
       select $1, 'r', $2::timestamptz + number * interval '24 hours', case when number < $4 then 'week' else 'day' end
       from generate_series(0, $3 - 1) as number`,
      [model, toTimestamp(monday), days, inWeeks],
    );
    await test.database.execute(
      `insert into removals (model, table_name, window_end, row_count, byte_count, reason, as_of, workflow_id, run_id)
       select $1, table_name, $2, row_count, byte_count, 'rolled up', $2, 'storage-maintenance', 'r'
       from unnest($3::text[], $4::bigint[], $5::bigint[]) as gone (table_name, row_count, byte_count) where row_count > 0`,
      [
        model,
        toTimestamp(monday + 800 * dayMs),
        ['profiles', 'profile_days'],
        [days * 24, inWeeks],
        [days * 24 * 1_000, inWeeks * 2_000],
      ],
    );
  }

  it('says nothing of roll-ups before the first', async () => {
    const text = await shown();
    expect(text).not.toContain('Rolled up');
    expect(text).toContain('nothing was removed in the last 30 days');
  });

  it('says how many days and weeks are rolled up and what went for it, of all models or one', async () => {
    await rolledUp('hours-only', 10, 0);
    expect(await shown()).not.toContain('week');
    await rolledUp('with-weeks', 20, 14);
    const all = await shown();
    expect(all).toContain('Rolled up to 30 days so far: 720 hourly profiles, 703 kB of contents');
    expect(all).toContain('Rolled up to 2 weeks so far: 14 daily sums, 27 kB of contents');
    const until = formatDay(monday + 800 * dayMs);
    expect(all).toContain(
      `with-weeks: 14 rows of profile_days (27 kB), before ${until} (rolled up; storage-maintenance)`,
    );
    const one = await shown('--model', 'hours-only');
    expect(one).toContain('Rolled up to 10 days so far: 240 hourly profiles, 234 kB of contents');
    expect(one).not.toContain('week');
  });

  it('gives the same as JSON', async () => {
    const { rolledUp: counted, removals } = JSON.parse(
      await shown('--json', '--model', 'with-weeks'),
    ) as Record<string, unknown>;
    expect(counted).toEqual({
      days: 20,
      hours: 480,
      bytes: 480_000,
      weeks: 2,
      daySums: 14,
      daySumBytes: 28_000,
    });
    expect(removals).toMatchObject([
      { table: 'profile_days', rows: 14, reason: 'rolled up' },
      { table: 'profiles', rows: 480, reason: 'rolled up' },
    ]);
  });
});
