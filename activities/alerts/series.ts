/** The metric that an alert is about, over the four weeks before it. */

import { alertSubject } from '../../core/alert/alert.ts';
import type { AlertEventText, AlertSeries } from '../../core/alert/message.ts';
import { degradationSeries } from '../../core/degradation/alert-series.ts';
import { dayMs, durationMs, weekMs } from '../../core/window.ts';
import { toTimestamp, type Queryable } from '../../sql/database.ts';
import { readChecks } from '../degradation/store.ts';
import { findMonitor } from '../monitors/store.ts';

const spanMs = 4 * weekMs;

/** Undefined where the alert is about no metric, or there is no past of it. */
export async function loadSeries(
  connection: Queryable,
  event: Pick<AlertEventText, 'model' | 'kind' | 'alertKey' | 'asOf'>,
): Promise<AlertSeries | undefined> {
  const { model, asOf } = event;
  if (event.kind === 'drift' || event.kind === 'dataset-drift') return driftSeries(connection, event);
  if (event.kind !== 'degradation') return undefined;
  const checks = await readChecks(connection, model, { from: asOf - spanMs, to: asOf });
  return degradationSeries(
    checks.toReversed().map(({ windowEnd, verdict: { findings } }) => ({ windowEnd, findings })),
  );
}

/** By the windows that the alert is about: those of a day have a subject of their own. */
async function driftSeries(
  connection: Queryable,
  event: Pick<AlertEventText, 'model' | 'kind' | 'alertKey' | 'asOf'>,
): Promise<AlertSeries | undefined> {
  const { model, asOf } = event;
  const [subject = '', segment = ''] = alertSubject(event).split(/\/(.*)/s);
  const { monitor } = await findMonitor(connection, model);
  const length = subject.endsWith('-24h') ? dayMs : durationMs(monitor.current);
  const rows = await connection.query<{ windowEnd: number; share: number }>(
    `select window_end as "windowEnd", drift_share as share
     from drift_runs
     where model = $1 and segment = $2 and window_end > $3 and window_end <= $4
       and window_end - window_start = make_interval(secs => $5) and drift_share is not null
     order by window_end`,
    [model, segment, toTimestamp(asOf - spanMs), toTimestamp(asOf), length / 1000],
  );
  if (rows.length < 2) return undefined;
  return {
    label: segment === '' ? 'Drifted features' : `Drifted features of ${segment}`,
    unit: '%',
    limit: percent(monitor.drift.share),
    points: rows.map(({ windowEnd, share }) => [windowEnd, percent(share)]),
  };
}

function percent(share: number): number {
  return Number((100 * share).toPrecision(12));
}
