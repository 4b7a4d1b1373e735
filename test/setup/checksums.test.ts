import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { checksums, contents } from './checksums.ts';
import { useDatabase } from './world.ts';

const test = useDatabase('empty for each test');

const [groupId, mailboxId] = [randomUUID(), randomUUID()];
const send = () =>
  test.database.execute(
    `insert into alert_messages (group_id, mailbox_id, is_summary, state, sent_at) values ($1, $2, false, 'delivered', now())`,
    [groupId, mailboxId],
  );

it('tell a row that is there twice, under another number, from one', async () => {
  await send();
  const [once, first] = [await checksums(test.database), await contents(test.database)];
  await send();
  const [twice, both] = [await checksums(test.database), await contents(test.database)];
  const rows = first['alert_messages']!;
  expect(rows).toHaveLength(1);
  expect(both['alert_messages']).toEqual([...rows, ...rows]);
  expect([once['alert_messages']!.rows, twice['alert_messages']!.rows]).toEqual([1, 2]);
  expect(twice['alert_messages']!.md5).not.toBe(once['alert_messages']!.md5);
});

it('are the same however often an hour was marked dirty', async () => {
  const mark = () =>
    test.database.execute(
      `insert into dirty_windows (model, stage, window_start, window_end) values ('m', 'profiles', '2026-03-01T09:00Z', '2026-03-01T10:00Z')`,
    );
  await mark();
  const before = await checksums(test.database);
  expect(before['dirty_windows']!.rows).toBe(1);
  await mark();
  expect(await checksums(test.database)).toEqual(before);
});

it('see each row: no table is without a key', async () => {
  const keyless = await test.database.query(
    `select relname from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and not exists (select from pg_index where indrelid = pg_class.oid and indisprimary)`,
  );
  expect(keyless).toEqual([]);
});
