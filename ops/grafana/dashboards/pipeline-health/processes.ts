import type { Row } from '../../parts/frame.ts';
import { series, table } from '../../parts/panels.ts';
import { promql, sqlRows, sqlSeries } from '../../parts/queries.ts';
import { isChosen } from '../../parts/model-parts.ts';

export const processesRow: Row = {
  title: 'Processes',
  panels: [
    series({
      title: 'Since the last success',
      about:
        'Of each process, the model that waits longest. It is the age of the instant that it spoke for. DeadMan fires above the limit.',
      unit: 's',
      min: 0,
      queries: [
        promql(
          'max by (process) (time() - tidewatch_last_success_timestamp_seconds{model=~"$model"})',
          '{{process}}',
        ),
        promql(
          'max by (process) (process:limit:success_age_seconds{model=~"$model"})',
          'limit of {{process}}',
        ),
      ],
    }),
    series({
      title: 'Since the last push',
      about: 'Of each process, the model that waits longest. StalePush fires above the limit.',
      unit: 's',
      min: 0,
      queries: [
        promql(
          'max by (process) (time() - push_time_seconds{job="tidewatch",model=~"$model"})',
          '{{process}}',
        ),
        promql('max by (process) (process:limit:push_age_seconds{model=~"$model"})', 'limit of {{process}}'),
      ],
    }),
    table({
      title: 'Processes',
      about: 'What each has spoken for, and when it succeeded by the clock.',
      columns: { 'succeeded at': { unit: 'dateTimeFromNow' } },
      queries: [
        sqlRows(`
select watched.model, watched.process, watched.cron, watched.time_zone as "time zone", mark.as_of as "spoke for",
  mark.window_end as "up to", mark.succeeded_at as "succeeded at"
from watched_processes watched
left join process_watermarks mark using (model, process)
where ${isChosen('watched.model')}
order by mark.succeeded_at nulls first, 1, 2
limit 1000`),
      ],
    }),
    series({
      title: 'Alerts opened a day',
      about: 'By kind. One that opens again is counted again.',
      unit: 'short',
      min: 0,
      as: 'stacked-bars',
      queries: [
        sqlSeries(`
select date_trunc('day', opened_as_of, 'UTC') as time, kind as metric, count(*) as value
from alerts
where ${isChosen('model')} and $__timeFilter(opened_as_of)
group by 1, 2
order by 1, 2
limit 20000`),
      ],
    }),
    table({
      title: 'Messages by channel',
      about:
        'Of everything that people are to be told, how much has arrived, and the newest reason why something has not.',
      span: 12,
      queries: [
        sqlRows(`
select channel, state, count(*) as messages, min(recorded_at) as oldest,
  (array_agg(last_error order by recorded_at desc) filter (where last_error is not null))[1] as "newest error"
from alert_deliveries
where ${isChosen('model')}
group by channel, state
order by channel, state`),
      ],
    }),
  ],
};
