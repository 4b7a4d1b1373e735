/** Who did what in the console, who signed in, and who was refused. For operators. */

import { oneLine } from '../../../core/alert/message.ts';
import { formatInstant, secondMs } from '../../../core/window.ts';
import { html, type Html, type Part } from '../../html.ts';
import { emptyState } from '../../layout/empty.ts';
import { pager, withQuery } from '../../layout/links.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelLink } from '../model-link.ts';
import { alertPath, retrainingPath } from '../paths.ts';
import type { AuditAsked, AuditEvent, LoadedAudit } from './load.ts';

export function auditPage(loaded: LoadedAudit, view: View): Shown {
  return {
    title: 'Audit',
    main: html`<h1>Audit</h1>
      ${filters(loaded.asked)} ${loaded.events.length === 0 ? nothing(loaded.asked) : list(loaded, view)}`,
  };
}

function nothing(asked: AuditAsked): Html {
  return Object.keys(asked).length === 0
    ? emptyState({
        title: 'Nothing is recorded yet.',
        why: 'Every action of a page, every sign-in and every refused one has a row here.',
        next: [html`Act on <a href="/alerts">an alert</a> or <a href="/retrainings">a retraining</a>.`],
      })
    : emptyState({
        title: 'Nothing recorded is like this.',
        next: [html`See <a href="/audit">all of it</a>.`],
      });
}

const kinds = [
  [undefined, 'All'],
  ['actions', 'Actions'],
  ['sign-ins', 'Sign-ins'],
  ['refused', 'Refused or failed'],
] as const;

function filters({ kind: current, ...named }: AuditAsked): Html {
  const path = withQuery('/audit', named);
  return html`<div class="filters">
    <form method="get" action="/audit" role="search">
      <label class="hidden" for="person">Person</label>
      <input id="person" type="search" name="person" value="${named.person ?? ''}" placeholder="Person" />
      <label class="hidden" for="model">Model</label>
      <input id="model" type="search" name="model" value="${named.model ?? ''}" placeholder="Model" />
      ${current !== undefined && html`<input type="hidden" name="kind" value="${current}" />`}
      <button>Find</button>
    </form>
    <ul class="chips">
      ${kinds.map(
        ([kind, name]) =>
          html`<li>
            <a href="${withQuery(path, { kind })}" ${kind === current && html`aria-current="true"`}
              >${name}</a
            >
          </li>`,
      )}
    </ul>
  </div>`;
}

function list({ events, pages, asked }: LoadedAudit, { path }: View): Part {
  return html`<table class="cards audit">
      <thead>
        <tr>
          <th scope="col">When (UTC)</th>
          <th scope="col">Who</th>
          <th scope="col">Action</th>
          <th scope="col">On</th>
          <th scope="col">How it ended</th>
        </tr>
      </thead>
      <tbody>
        ${events.map(row)}
      </tbody>
    </table>
    ${pager(pages, path)}
    <p class="downloads">
      <a href="${withQuery('/audit.csv', { ...asked })}" download aria-label="These events as CSV">CSV</a>
    </p>`;
}

const longestText = 200;

function row(event: AuditEvent): Html {
  const { at, actor, role, identity, address, action, model } = event;
  const from = [role ?? 'not let in', identity !== null && `known as ${identity}`, address];
  return html`<tr>
    <th scope="row">${secondText(at)}</th>
    <td data-name="Who">
      <bdi>${shorten(visibleName(actor), 80)}</bdi>
      <span class="muted"
        >${from
          .filter(Boolean)
          .map((text) => oneLine(String(text)))
          .join(', ')}</span
      >
    </td>
    <td data-name="Action">${action}</td>
    <td data-name="On">
      ${event.subject !== model && subjectLink(event)}
      ${model !== null && html`<span class="model">${modelLink(model)}</span>`}
    </td>
    <td data-name="How it ended">
      ${outcomes[event.outcome]} ${shorten(oneLine(event.said ?? ''), longestText)} ${sent(event)}
    </td>
  </tr>`;
}

/** People do several things a minute. */
function secondText(at: number): string {
  return formatInstant(at - (at % secondMs))
    .replace('T', ' ')
    .replace('Z', '');
}

function subjectLink({ action, model, subject }: AuditEvent): Html {
  const name = html`<bdi>${shorten(visibleName(subject), 120)}</bdi>`;
  if (action.startsWith('alert.')) return html`<a href="${alertPath(subject)}">${name}</a>`;
  if (action.startsWith('retraining.') && model !== null)
    return html`<a href="${retrainingPath(model, subject)}">${name}</a>`;
  return name;
}

const outcomes = {
  done: levelMark('ok', 'Done'),
  refused: levelMark('warning', 'Refused'),
  failed: levelMark('critical', 'Failed'),
  requested: levelMark('insufficient-data', 'Nobody knows'),
} as const satisfies Readonly<Record<AuditEvent['outcome'], Html>>;

/** What a person has written with it; how the page stood is of no interest to others. */
function sent({ action, details }: AuditEvent): Part {
  const { note, for: length, until, unrecorded } = details;
  const isForAWhile = action.endsWith('.snooze') || action.endsWith('.extend');
  const words = [
    note && `“${note}”`,
    isForAWhile && !until && length && `for ${length}`,
    isForAWhile && until && `until ${until}`,
    unrecorded && `and ${formatCount(Number(unrecorded))} before it, which have no row`,
  ];
  return words.map(
    (text) => text && html`<span class="reason">${shorten(oneLine(text), longestText)}</span>`,
  );
}
