/** One run: what it computed, from what, by which code and configuration. */

import { percentText } from '../../../core/performance/metrics.ts';
import { formatInstant, type Window } from '../../../core/window.ts';
import { definition } from '../../definition.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { emptyState } from '../../layout/empty.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelLink } from '../model-link.ts';
import { reportPath } from '../paths.ts';
import type { LoadedRun } from './load.ts';

export function runPage(run: LoadedRun, { temporalUiUrl }: View): Shown {
  const { workflowId, runId, model, drift, evaluations, checks, alerts } = run;
  const temporal = `${temporalUiUrl}/workflows/${encodeURIComponent(workflowId)}/${encodeURIComponent(runId)}/history`;
  const hasResults = drift.length + evaluations.length + checks.length + alerts.length > 0;
  return {
    title: `Run ${shorten(workflowId, 60)}`,
    main: html`<p class="crumbs">
        <a href="/">Models</a>${model !== undefined && html` › ${modelLink(model)}`}
      </p>
      <h1>Run <bdi>${shorten(visibleName(workflowId), 120)}</bdi></h1>
      ${provenance(run)}
      <p><a href="${temporal}">Its steps, in the Temporal UI</a></p>
      ${
        !hasResults &&
        emptyState({
          title: 'No result of this run is stored.',
          why: 'It found what was stored already, a later run has replaced what it stored, or it stored nothing of its own.',
        })
      }
      ${drift.length > 0 && driftTable(run)} ${evaluations.length > 0 && evaluationTable(run)}
      ${checks.length > 0 && checkTable(run)} ${alerts.length > 0 && alertList(run)}`,
  };
}

function provenance({ runId, appliedHash, drift, evaluations, checks }: LoadedRun): Html {
  const [first] = [...drift, ...evaluations, ...checks];
  return html`<dl class="sides">
    ${definition('Run id', html`<code>${runId}</code>`)}
    ${
      first !== undefined && [
        definition('Speaks for', `${instantText(formatInstant(first.asOf))} UTC`),
        definition('Code', `Tidewatch ${first.codeVersion}`),
        definition(
          'Configuration',
          html`<code>${first.configurationHash.slice(0, 12)}</code>
            <span class="muted">${configurationWords(first.configurationHash, appliedHash)}</span>`,
        ),
      ]
    }
  </dl>`;
}

function configurationWords(hash: string, applied: string | undefined): string {
  if (applied === undefined) return 'nobody watches the model any more';
  return hash === applied ? 'the one that is applied now' : 'the monitor has changed since';
}

function windowText({ start, end }: Window): string {
  return `${instantText(formatInstant(start))} to ${instantText(formatInstant(end))}`;
}

function share(coverage: number | null): string {
  return coverage === null ? '–' : percentText(coverage);
}

function results(id: string, title: string, head: readonly string[], rows: readonly Part[]): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <table class="cards">
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

function driftTable({ model, drift }: LoadedRun): Html {
  return results(
    'drift',
    'Drift',
    ['Window (UTC)', 'Verdict', 'Rows', 'Reference', 'Coverage', 'Why'],
    drift.map(
      ({ window, level, reason, rows, referenceRows, referenceId, coverage }) =>
        html`<tr>
          <th scope="row"><a href="${reportPath('drift', model!, window)}">${windowText(window)}</a></th>
          <td data-name="Verdict">${levelMark(level)}</td>
          <td data-name="Rows">${formatCount(rows)}</td>
          <td data-name="Reference">
            ${formatCount(referenceRows)} <code>${referenceId.slice(0, 12)}</code>
          </td>
          <td data-name="Coverage">${share(coverage)}</td>
          <td data-name="Why">${shorten(reason, 200)}</td>
        </tr>`,
    ),
  );
}

function evaluationTable({ evaluations }: LoadedRun): Html {
  return results(
    'evaluations',
    'Performance',
    ['Window (UTC)', 'Of', 'Version', 'Revision', 'Outcomes', 'Coverage', 'Why'],
    evaluations.map(
      ({ window, segment, version, revision, state, outcomes, predictions, coverage, reason }) =>
        html`<tr>
          <th scope="row">${windowText(window)}</th>
          <td data-name="Of"><bdi>${segment === '' ? 'all rows' : shorten(segment, 60)}</bdi></td>
          <td data-name="Version"><bdi>${shorten(visibleName(version), 40)}</bdi></td>
          <td data-name="Revision">${formatCount(revision)}, ${state}</td>
          <td data-name="Outcomes">${formatCount(outcomes)} of ${formatCount(predictions)}</td>
          <td data-name="Coverage">${share(coverage)}</td>
          <td data-name="Why">${shorten(reason, 160)}</td>
        </tr>`,
    ),
  );
}

function checkTable({ checks }: LoadedRun): Html {
  return results(
    'checks',
    'Degradation',
    ['Up to', 'Verdict', 'Why'],
    checks.map(
      ({ window, level, reason }) =>
        html`<tr>
          <th scope="row">${instantText(formatInstant(window.end))}</th>
          <td data-name="Verdict">${levelMark(level)}</td>
          <td data-name="Why">${shorten(reason, 300)}</td>
        </tr>`,
    ),
  );
}

function alertList({ alerts }: LoadedRun): Html {
  return results(
    'alerts',
    'Alerts',
    ['Alert', 'Event', 'What'],
    alerts.map(
      ({ key, event, severity, summary }) =>
        html`<tr>
          <th scope="row">
            <a href="/alerts/${encodeURIComponent(key)}"><bdi>${shorten(key, 80)}</bdi></a>
          </th>
          <td data-name="Event">${event}, ${severity}</td>
          <td data-name="What">${shorten(summary, 240)}</td>
        </tr>`,
    ),
  );
}
