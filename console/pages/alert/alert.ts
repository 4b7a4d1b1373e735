/** One alert: what is known now, what has happened, who was told, and what to do about it. */

import { lifecycleId } from '../../../core/alert/alert.ts';
import { reasonOfDelivery, stateText } from '../../../core/alert/alert-words.ts';
import { runbookOf } from '../../../core/alert/runbooks.ts';
import { oneLine } from '../../../core/alert/message.ts';
import { viewOf } from '../../../core/alert/stored-alert.ts';
import { formatInstant, formatMinute, parseInstant } from '../../../core/window.ts';
import type { AlertEvent, Delivery } from '../../../sql/read-alerts.ts';
import { definition } from '../../definition.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { ago } from '../../layout/ago.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { severityMark } from '../alerts/severity-mark.ts';
import { alertPath, modelPath, runPath } from '../paths.ts';
import { mostEvents, type LoadedAlert } from './load.ts';

export function alertPage({ alert, events }: LoadedAlert, view: View): Shown {
  const { alertKey, model, kind, openedAsOf, latest } = alert;
  const shown = viewOf(alert);
  const known = oneLine(shown.now ?? latest.summary);
  const opening = oneLine(events.find(({ episode }) => episode === shown.episode)?.summary ?? shown.summary);
  return {
    title: alertKey,
    main: html`<p class="crumbs"><a href="/alerts">Alerts</a></p>
      <h1><bdi>${shorten(visibleName(alertKey), 300)}</bdi></h1>
      <dl class="sides">
        ${definition('Severity', severityMark(shown.severity))}
        ${definition('State', [stateText(shown), ' ', html`<span class="muted">${ago(parseInstant(shown.since), view.now)}</span>`])}
        ${definition('Model', html`<a href="${modelPath(model)}">${shorten(visibleName(model), 60)}</a>`)}
        ${definition('Kind', kind)} ${definition('Trouble since', ago(openedAsOf, view.now))}
        ${definition('Speaks for', instantText(shown.observedAsOf))}
      </dl>
      <section aria-labelledby="now">
        <h2 id="now">${shown.now === undefined ? 'What was known' : 'What is known now'}</h2>
        <p>${known}</p>
        ${opening !== known && html`<p class="muted">It was opened of: ${opening}</p>`}
        ${latest.facts.length > 0 && html`<dl class="sides">${latest.facts.map(({ name, value }) => definition(oneLine(name), oneLine(value)))}</dl>`}
        ${links(alert, view)}
      </section>
      ${actionsOn(alert, events, view)}
      <section aria-labelledby="history">
        <h2 id="history">What has happened</h2>
        ${events.length === mostEvents && html`<p class="muted">The newest ${formatCount(mostEvents)} events.</p>`}
        ${history(events)}
      </section>`,
  };
}

function links({ alertKey, model, kind, latest }: LoadedAlert['alert'], { temporalUiUrl }: View): Html {
  const workflow = (id: string, runId?: string): string =>
    `${temporalUiUrl}/workflows/${encodeURIComponent(id)}${runId === undefined ? '' : `/${encodeURIComponent(runId)}`}`;
  return html`<ul class="links">
    ${latest.links.map(({ label, path }) => path.startsWith('/') && html`<li><a href="${path}">${oneLine(label)}</a></li>`)}
    <li><a href="/runbooks/${runbookOf(kind).replace(/\.md$/, '')}">What to do: the runbook</a></li>
    <li><a href="${runPath(model, latest.workflowId, latest.runId)}">The run that has seen it</a></li>
    <li><a href="${workflow(latest.workflowId, latest.runId)}">That run in Temporal</a></li>
    <li><a href="${workflow(lifecycleId(alertKey))}">Its life cycle in Temporal</a></li>
  </ul>`;
}

const lengths = ['1h', '4h', '1d', '3d', '7d', '30d'];

/** One form for all: each button has its own address, and needs no script. */
function actionsOn(
  { alertKey, life }: LoadedAlert['alert'],
  events: readonly AlertEvent[],
  view: View,
): Part {
  if (view.viewer.role !== 'operator')
    return html`<p class="muted">Sign in as an operator to acknowledge, snooze, resolve or comment it.</p>`;
  const isOver = life.state === 'resolved';
  const to = (change: string): string => `${alertPath(alertKey)}/${change}`;
  return html`<section aria-labelledby="act">
    <h2 id="act">${isOver ? 'Say something about it' : 'Do something about it'}</h2>
    <form class="act" method="post" action="${to('comment')}">
      <input type="hidden" name="since" value="${formatInstant(life.stateSince)}" />
      <input
        type="hidden"
        name="seen"
        value="${`${life.episode} ${events.length} ${events.at(-1)?.at ?? ''}`}"
      />
      <label class="wide"
        >Note <textarea name="note" rows="2" maxlength="2000">${view.draft['note']}</textarea>
      </label>
      ${
        !isOver &&
        html`<div class="row">
            <button class="primary" formaction="${to('acknowledge')}">Acknowledge</button>
            <button formaction="${to('resolve')}">Resolve</button>
            <button formaction="${to('comment')}">Comment</button>
          </div>
          <div class="row">
            <label
              >For
              <select name="for">
                ${lengths.map((length) => html`<option ${length === (view.draft['for'] ?? '4h') && html`selected`}>${length}</option>`)}
              </select></label
            >
            <label
              >or until (UTC) <input type="datetime-local" name="until" value="${view.draft['until']}"
            /></label>
            <button formaction="${to('snooze')}">Snooze</button>
          </div>`
      }
      ${isOver && html`<div class="row"><button>Comment</button></div>`}
    </form>
  </section>`;
}

function history(events: readonly AlertEvent[]): Html {
  return html`<table class="cards history">
    <thead>
      <tr>
        <th scope="col">When (UTC)</th>
        <th scope="col">Event</th>
        <th scope="col">What it says</th>
        <th scope="col">Who was told</th>
      </tr>
    </thead>
    <tbody>
      ${events.toReversed().map(eventRow)}
    </tbody>
  </table>`;
}

function eventRow({ at, asOf, episode, event, severity, by, note, summary, deliveries }: AlertEvent): Html {
  return html`<tr>
    <th scope="row">${formatMinute(parseInstant(at))}</th>
    <td data-name="Event">
      ${event}${by !== undefined && html` by <bdi>${shorten(by, 60)}</bdi>`} ${severityMark(severity)}
      <span class="muted">${by === undefined ? `as of ${instantText(asOf)}, ` : ''}episode ${episode}</span>
    </td>
    <td data-name="What it says">${oneLine(note ?? summary)}</td>
    <td data-name="Who was told">
      ${
        deliveries.length === 0
          ? html`<span class="muted">nobody</span>`
          : html`<ul class="plain-list">
              ${deliveries.map(deliveryItem)}
            </ul>`
      }
    </td>
  </tr>`;
}

function deliveryItem(delivery: Delivery): Html {
  const { channel, recipient, state } = delivery;
  const reason = reasonOfDelivery(delivery);
  return html`<li>
    ${channel} <bdi>${shorten(recipient, 60)}</bdi>:
    ${state}${reason !== undefined && html` <span class="muted">(${shorten(reason, 200)})</span>`}
  </li>`;
}
