/** Which alerts are asked for. */

import { alertKinds, severities, type AlertKind, type Severity } from '../../../core/alert/alert.ts';
import { alertStates, type AlertState } from '../../../core/alert/life.ts';
import { countOpenAlerts, listAlerts, type AlertList } from '../../../sql/read-alerts.ts';
import { pageOf, type Pages } from '../../layout/links.ts';
import type { Asked } from '../../server/page.ts';

/** Absent: all; of states: all that are not resolved. */
export interface AlertsAsked {
  readonly model?: string;
  readonly kind?: AlertKind;
  readonly severity?: Severity;
  readonly state?: AlertState | 'all';
}

export interface LoadedAlerts extends AlertList {
  readonly asked: AlertsAsked;
  readonly pages: Pages;
  /** Those that are not resolved, by their state, of the model, kind and severity that is asked for. */
  readonly counts: Readonly<Record<Exclude<AlertState, 'resolved'>, number>>;
}

const pageSize = 50;

export async function loadAlerts({ connection, query }: Asked): Promise<LoadedAlerts> {
  const asked = alertsAsked(query);
  const { state, ...named } = asked;
  const page = pageOf(query);
  const filter = { ...named, ...(state === 'all' ? { withResolved: true } : { state }) };
  const part = { most: pageSize, skip: (page - 1) * pageSize, order: 'open-first' } as const;
  const [list, counts] = await Promise.all([
    listAlerts(connection, filter, part),
    countOpenAlerts(connection, named),
  ]);
  return { ...list, asked, pages: { page, size: pageSize, count: list.total }, counts };
}

/** What a query asks for; what it says wrongly is as if it had not been said. */
function alertsAsked(query: URLSearchParams): AlertsAsked {
  const model = (query.get('model') ?? '').trim();
  const kind = alertKinds.find((known) => known === query.get('kind'));
  const severity = severities.find((known) => known === query.get('severity'));
  const state = ([...alertStates, 'all'] as const).find((known) => known === query.get('state'));
  return {
    ...(model !== '' && { model }),
    ...(kind && { kind }),
    ...(severity && { severity }),
    ...(state && { state }),
  };
}
