/** All alerts: what is open, who has it, and what people are not told of. */

import { alertKinds, severities } from '../../../core/alert/alert.ts';
import { stateText } from '../../../core/alert/alert-words.ts';
import { parseInstant } from '../../../core/window.ts';
import type { ListedAlert } from '../../../sql/read-alerts.ts';
import { html, type Html, type Part } from '../../html.ts';
import { ago } from '../../layout/ago.ts';
import { emptyState } from '../../layout/empty.ts';
import { pager, withQuery } from '../../layout/links.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { alertPath, modelPath } from '../paths.ts';
import type { AlertsAsked, LoadedAlerts } from './load.ts';
import { severityMark } from './severity-mark.ts';

const longestText = 160;

export function alertsPage(loaded: LoadedAlerts, view: View): Shown {
  return {
    title: 'Alerts',
    main: html`<h1>Alerts</h1>
      ${filters(loaded)} ${loaded.alerts.length === 0 ? nothing(loaded.asked) : list(loaded, view)}`,
  };
}

function nothing(asked: AlertsAsked): Html {
  return Object.keys(asked).length === 0
    ? emptyState({
        title: 'No alert is open.',
        why: 'The checks of each model open one when something is wrong.',
        next: [html`See <a href="/alerts?state=all">what there has been</a>, or <a href="/">all models</a>.`],
      })
    : emptyState({
        title: 'No alert is like this.',
        next: [html`See <a href="/alerts">all that are not resolved</a>.`],
      });
}

const states = [
  [undefined, 'Not resolved'],
  ['open', 'Open'],
  ['acknowledged', 'Acknowledged'],
  ['snoozed', 'Snoozed'],
  ['resolved', 'Resolved'],
  ['all', 'All'],
] as const;

function filters({ asked, counts }: LoadedAlerts): Html {
  const { state: current, ...named } = asked;
  const path = withQuery('/alerts', named);
  const count = (state: (typeof states)[number][0]): number | undefined => {
    if (state === undefined) return counts.open + counts.acknowledged + counts.snoozed;
    return state === 'resolved' || state === 'all' ? undefined : counts[state];
  };
  return html`<div class="filters">
    <form method="get" action="/alerts" role="search" data-filter>
      <label class="hidden" for="model">Model</label>
      <input id="model" type="search" name="model" value="${asked.model ?? ''}" placeholder="Model" />
      ${choice('kind', 'Every kind', alertKinds, asked.kind)}
      ${choice('severity', 'Every severity', severities, asked.severity)}
      ${current !== undefined && html`<input type="hidden" name="state" value="${current}" />`}
      <button>Find</button>
    </form>
    <ul class="chips">
      ${states.map(([state, name]) => {
        const n = count(state);
        return html`<li>
          <a href="${withQuery(path, { state })}" ${state === current && html`aria-current="true"`}
            >${name}${n !== undefined && html` <span class="count">${formatCount(n)}</span>`}</a
          >
        </li>`;
      })}
    </ul>
  </div>`;
}

function choice(name: string, all: string, options: readonly string[], current: string | undefined): Html {
  return html`<label class="hidden" for="${name}">${name}</label>
    <select id="${name}" name="${name}">
      <option value="">${all}</option>
      ${options.map((option) => html`<option ${option === current && html`selected`}>${option}</option>`)}
    </select>`;
}

function list({ alerts, pages }: LoadedAlerts, { now, path }: View): Part {
  return html`<table class="cards alerts" data-rows>
      <thead>
        <tr>
          <th scope="col">Alert</th>
          <th scope="col">Severity</th>
          <th scope="col">State</th>
          <th scope="col">What is known</th>
          <th scope="col">Trouble since</th>
        </tr>
      </thead>
      <tbody>
        ${alerts.map((alert) => row(alert, now))}
      </tbody>
    </table>
    ${pager(pages, path)}`;
}

function row(alert: ListedAlert, now: number): Html {
  const { alertKey, model, severity, held, summary, openedAsOf, since } = alert;
  return html`<tr>
    <th scope="row">
      <a href="${alertPath(alertKey)}"><bdi>${shorten(visibleName(alertKey), 120)}</bdi></a>
      <a class="model muted" href="${modelPath(model)}">${shorten(visibleName(model), 60)}</a>
    </th>
    <td data-name="Severity">${severityMark(severity)}</td>
    <td data-name="State">
      ${stateText(alert)} <span class="muted">${ago(parseInstant(since), now)}</span>
      ${held !== undefined && html`<span class="held">People are not told: ${shorten(held, longestText)}</span>`}
    </td>
    <td data-name="What is known">${shorten(alert.now ?? summary, longestText)}</td>
    <td data-name="Trouble since">${ago(parseInstant(openedAsOf), now)}</td>
  </tr>`;
}
