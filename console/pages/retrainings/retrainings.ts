/** All retrainings: how far each is, what it has cost and gained, and when it paid. */

import { formatSignificant } from '../../../core/number-text.ts';
import { daysText, gainText, helpedText, stateText } from '../../../core/retraining/retraining-words.ts';
import type { ShownRetraining } from '../../../sql/read-retrainings.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { emptyState } from '../../layout/empty.ts';
import { pager } from '../../layout/links.ts';
import { shorten, visibleName } from '../../names.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelPath, retrainingPath } from '../paths.ts';
import { retrainingStates, type LoadedRetrainings } from './load.ts';

export function retrainingsPage(loaded: LoadedRetrainings, view: View): Shown {
  const { model, state, retrainings } = loaded;
  const isFiltered = model !== undefined || state !== undefined;
  return {
    title: 'Retrainings',
    main: html`<h1>Retrainings</h1>
      ${(isFiltered || retrainings.length > 0) && filters(loaded)}
      ${retrainings.length > 0 ? list(loaded, view) : nothing(isFiltered)}`,
  };
}

function nothing(isFiltered: boolean): Html {
  return isFiltered
    ? emptyState({
        title: 'No retraining is like this.',
        next: [html`See <a href="/retrainings">all of them</a>.`],
      })
    : emptyState({
        title: 'No model was retrained yet.',
        why: 'A degradation starts one where the monitor has a section retraining.',
        next: [
          html`See what a retraining would do: <code>tidewatch retrain --model my-model --explain</code>`,
          html`Start one by hand: <code>tidewatch retrain --model my-model</code>`,
        ],
      });
}

function filters({ model, state }: LoadedRetrainings): Html {
  return html`<div class="filters">
    <form method="get" action="/retrainings" role="search" data-filter>
      <label class="hidden" for="model">Model</label>
      <input id="model" type="search" name="model" value="${model ?? ''}" placeholder="Model" />
      <label class="hidden" for="state">State</label>
      <select id="state" name="state">
        <option value="">Every state</option>
        ${retrainingStates.map((known) => html`<option ${known === state && html`selected`}>${known}</option>`)}
      </select>
      <button>Find</button>
    </form>
  </div>`;
}

function list({ retrainings, pages }: LoadedRetrainings, { path }: View): Part {
  return html`<table class="cards" data-rows>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">As of</th>
          <th scope="col">State</th>
          <th scope="col">Version</th>
          <th scope="col">Helped</th>
          <th scope="col">Gain</th>
          <th scope="col">Cost</th>
          <th scope="col">Days until it paid</th>
        </tr>
      </thead>
      <tbody>
        ${retrainings.map((retraining) => row(retraining))}
      </tbody>
    </table>
    ${pager(pages, path)}`;
}

const none = html`<span class="muted">–</span>`;

function orNone(text: string): Part {
  return text === '' ? none : text;
}

function row(retraining: ShownRetraining): Html {
  const { model, retrainingId, champion, challenger, cost } = retraining;
  return html`<tr>
    <th scope="row">
      <a href="${retrainingPath(model, retrainingId)}"><bdi>${shorten(visibleName(model), 60)}</bdi></a>
      <a class="muted" href="${modelPath(model)}">model</a>
    </th>
    <td data-name="As of">${instantText(retrainingId)}</td>
    <td data-name="State">${stateText(retraining)}</td>
    <td data-name="Version">
      <bdi>${shorten(champion ?? 'none', 24)}</bdi> → <bdi>${shorten(challenger ?? 'none yet', 24)}</bdi>
    </td>
    <td data-name="Helped">${orNone(helpedText(retraining))}</td>
    <td data-name="Gain">${orNone(gainText(retraining))}</td>
    <td data-name="Cost">${cost === null ? none : formatSignificant(cost)}</td>
    <td data-name="Days until it paid">${orNone(daysText(retraining))}</td>
  </tr>`;
}
