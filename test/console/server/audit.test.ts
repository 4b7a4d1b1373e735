import { describe, expect, it } from 'vitest';

import { deleteAuditEvents } from '../../../console/server/audit.ts';
import { dayMs, parseInstant } from '../../../core/window.ts';
import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('empty for each test');

const before = parseInstant('2026-01-01T00:00:00Z');

/** Events an hour apart, of which the last is that long before the instant. */
const fill = (events: number) =>
  test.database.execute(
    `insert into audit_events (recorded_at, actor, action, subject)
     select '2026-01-01'::timestamptz - n * interval '1 hour', 'ana', 'sign-in', 'token' from generate_series(0, $1) n`,
    [events],
  );
const left = () => test.database.query('select recorded_at as at from audit_events order by recorded_at');

describe('audit events older than they are to be kept', () => {
  it('are deleted, in parts where there are many, and those of the instant itself are kept', async () => {
    await fill(25_000);
    expect(await deleteAuditEvents(test.database, before)).toBe(25_000);
    expect(await left()).toEqual([{ at: before }]);
  });

  it('are deleted once, however often and by however many that is asked for', async () => {
    await fill(15_000);
    const deleted = await Promise.all([1, 2].map(() => deleteAuditEvents(test.database, before)));
    expect(deleted[0]! + deleted[1]!).toBe(15_000);
    expect(await deleteAuditEvents(test.database, before)).toBe(0);
    expect(await left()).toHaveLength(1);
  });

  it('are all kept where none is old enough', async () => {
    await fill(10);
    expect(await deleteAuditEvents(test.database, before - 365 * dayMs)).toBe(0);
    expect(await left()).toHaveLength(11);
  });
});
