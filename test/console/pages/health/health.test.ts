import { describe, expect, it } from 'vitest';

import { readProcesses } from '../../../../cli/doctor/processes.ts';
import type { Sources } from '../../../../cli/doctor/sources.ts';
import { processLevel } from '../../../../console/pages/process-table.ts';
import { parseInstant } from '../../../../core/window.ts';
import type { Queryable } from '../../../../sql/database.ts';
import { asRole } from '../../../setup/servers.ts';
import { openTestConsole, textOf } from '../../console-world.ts';
import { storeMonitor } from '../../stored-results.ts';
import { useConsole } from '../../use-console.ts';

describe('a process', () => {
  const process = { model: 'm', process: 'p', cron: '0 3 * * *', timeZone: 'UTC', windowEnd: null };
  const at = (hour: string, succeeded: string | null, watched = '2026-11-01T00:00:00Z') =>
    processLevel(
      {
        ...process,
        succeededAt: succeeded === null ? null : parseInstant(succeeded),
        watchedSince: parseInstant(watched),
      },
      parseInstant(hour),
    );

  it('is late when a run was due more than an hour ago and has not succeeded', () => {
    expect(at('2026-11-29T03:59:00Z', '2026-11-28T03:05:00Z')).toBe('ok');
    expect(at('2026-11-29T04:01:00Z', '2026-11-28T03:05:00Z')).toBe('critical');
    expect(at('2026-11-29T04:01:00Z', '2026-11-29T03:05:00Z')).toBe('ok');
  });

  it('is not yet due until a run was due since it is watched', () => {
    expect(at('2026-11-29T02:00:00Z', null, '2026-11-28T12:00:00Z')).toBe('insufficient-data');
    expect(at('2026-11-29T05:00:00Z', null, '2026-11-28T12:00:00Z')).toBe('critical');
  });
});

describe('the health page', () => {
  const console = useConsole();

  it('says what to do where nothing has run yet', async () => {
    expect(await console.text('/health')).toMatch(
      /answers, at \d{4}_.*No model is watched yet.*tidewatch apply.*tidewatch worker/,
    );
  });

  it('shows processes, what waits, messages that were not taken and rejected rows', async () => {
    const { database } = console;
    await database.execute(
      `insert into watched_processes (model, process, cron, time_zone, watched_since) values ('<b>', 'drift-detection', '0 3 * * *', 'UTC', '2026-11-01')`,
    );
    await database.execute(
      `insert into process_watermarks (model, process, as_of, window_end, succeeded_at) values ('<b>', 'drift-detection', '2026-11-27', '2026-11-27', '2026-11-27T03:05:00Z')`,
    );
    await database.execute(
      `insert into dirty_windows (model, stage, window_start, window_end) values ('m', 'profiles', '2026-11-27', '2026-11-27T01:00:00Z'), ('n', 'profiles', '2026-11-27', '2026-11-27T01:00:00Z')`,
    );
    await database.execute(
      `insert into alert_messages (group_id, mailbox_id, is_summary, state, retry_at, claimed_at, last_error) values (gen_random_uuid(), gen_random_uuid(), false, 'waiting', now(), '2026-11-28', 'HTTP 500')`,
    );
    await database.execute(
      `insert into rejected_rows (model, stream, reason, content, rejected_at) values ('m', 'predictions', 'no entity', '{}', '2026-11-29T12:00:00Z')`,
    );
    expect(await console.text('/health')).toMatch(
      /&lt;b&gt; drift-detection ◆ Late 2 d ago in 12 h up to 2026-11-27 daily at 03:00 UTC .*2 hours of 2 models: predictions to profile \(driftDetection\).*1 were not taken, and are tried again: HTTP 500.*m : 1 predictions, the newest 3 h ago/,
    );
  });

  it('has processes that are not looked after yet beside those that are', async () => {
    await storeMonitor(console.database, 'new');
    expect(await console.text('/health')).toMatch(
      /longest ago first\. The next run is as the monitor has it; which schedules are paused, tidewatch doctor says\. .* new actuals-backfill \? Not yet due none yet in \d+ min – hourly at minute 5 .*&lt;b&gt; drift-detection ◆ Late/,
    );
  });

  it('says of the schema what was found before the page was drawn', async () => {
    const asked: string[] = [];
    const heard = <Q extends Queryable>(connection: Q): Q => ({
      ...connection,
      query: (text, values) => {
        asked.push(text);
        return connection.query(text, values);
      },
    });
    const database = asRole(console.database, 'console');
    const { get } = await openTestConsole(database, {
      database: heard({
        ...database,
        snapshot: (work) => database.snapshot((connection) => work(heard(connection))),
      }),
    });
    expect(textOf(await (await get('/health')).text())).toMatch(/answers, at \d{4}_/);
    expect(asked.filter((text) => text.includes('older_code'))).toHaveLength(1);
  });
});

describe('the health page where all runs made up the past', () => {
  const ids = ['actuals-backfill', 'drift-detection', 'performance-evaluation', 'degradation-check'];
  const console = useConsole(async (database) => {
    await storeMonitor(database, 'replayed');
    await database.execute(
      `insert into process_watermarks (model, process, as_of, window_end, succeeded_at)
       select 'replayed', id, '2011-06-20', '2011-06-19', '2026-11-29T14:58:00Z' from unnest($1::text[]) id`,
      [ids],
    );
  });

  it('lists the processes that `tidewatch doctor` counts, with their last success', async () => {
    const text = await console.text('/health');
    for (const id of ids)
      expect(text).toMatch(
        new RegExp(`replayed ${id} ✓ On time 2 min ago in \\d+ (min|h) up to 2011-06-19 (hourly|daily) at`),
      );
    const counted = await readProcesses({ database: console.database } as Sources);
    expect(counted.processes.map(({ model, process }) => `${model} ${process.id}`)).toEqual(
      ids.map((id) => `replayed ${id}`),
    );
    expect(await console.text('/models/replayed')).toMatch(/drift-detection ✓ On time 2 min ago/);
  });

  it('says it where a monitor has nothing scheduled', async () => {
    await console.database.execute(
      `update monitors set configuration = jsonb_set(configuration, '{schedules}', (
         select jsonb_object_agg(key, case when jsonb_typeof(value) = 'object' then value || '{"enabled": false}' else value end)
         from jsonb_each(configuration -> 'schedules')))`,
    );
    expect(await console.text('/health')).toMatch(
      /No monitor has a process scheduled, so that nothing runs by itself\. Enable some under schedules of a monitor: tidewatch apply/,
    );
  });
});
