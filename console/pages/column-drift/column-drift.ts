/** One column in one drift run: its distributions, what decided, and why. */

import { formatInstant, type Window } from '../../../core/window.ts';
import { definition } from '../../definition.ts';
import { columnAnchor } from '../../drift-report/anchor.ts';
import { columnBody } from '../../drift-report/column-section.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { downloads } from '../../layout/downloads.ts';
import { emptyState } from '../../layout/empty.ts';
import { section } from '../../layout/section.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelLink } from '../model-link.ts';
import { whyMethod, whyThreshold } from '../monitor/why-threshold.ts';
import { columnDriftPath, modelPath, monitorPath, reportPath, runPath } from '../paths.ts';
import type { ComparedReference, LoadedColumnDrift } from './load.ts';

export function columnDriftPage(loaded: LoadedColumnDrift, { temporalUiUrl }: View): Shown {
  const { model, window, run, column } = loaded;
  const name = visibleName(column.name);
  const path = columnDriftPath(model, window, column.name);
  const temporal = `${temporalUiUrl}/workflows/${encodeURIComponent(run.workflowId)}/${encodeURIComponent(run.runId)}/history`;
  return {
    title: `Drift of ${shorten(name, 60)}: ${shorten(model, 60)}`,
    main: html`<p class="crumbs">
        <a href="/">Models</a> › ${modelLink(model)} › <a href="${modelPath(model)}#drift">Drift</a>
      </p>
      <h1>
        Drift of <bdi>${shorten(name, 120)}</bdi>
        ${column.subject !== 'feature' && html`<span class="tag">${column.subject}</span>`}
        ${!column.counted && html`<span class="tag">not counted</span>`}
      </h1>
      <p>${levelMark(column.verdict.level)} in the window ${spanText(window)}</p>
      ${otherRuns(loaded)}
      <dl class="sides">
        ${definition('Compared with', referenceText(loaded.reference))}
        ${definition('Values', valuesText(loaded))}
        ${definition('As of', `${instantText(formatInstant(run.asOf))} UTC`)}
        ${definition(
          'Run',
          html`<a href="${runPath(model, run.workflowId, run.runId)}">what it stored</a>,
            <a href="${temporal}">its steps in Temporal</a>`,
        )}
        ${definition(
          'Report',
          run.hasReport
            ? html`<a href="${reportPath('drift', model, window)}#${columnAnchor(column.name)}"
                >as it was then</a
              >`
            : 'not stored',
        )}
      </dl>
      ${section('found', 'What was found', [
        html`<h3 class="hidden"><bdi>${shorten(name, 120)}</bdi></h3>`,
        column.distribution === undefined && noPicture(loaded),
        columnBody('column', column, {
          distribution: downloads(`Distributions of ${name}`, `${path}/distribution`),
          history: downloads(`History of ${name}`, `${path}/history`),
        }),
      ])}
      ${why(loaded)}`,
  };
}

function spanText({ start, end }: Window): string {
  return `${instantText(formatInstant(start))} to ${instantText(formatInstant(end))}`;
}

/** Links by which one goes from run to run, as from cell to cell. */
function otherRuns({ model, column, run: { before, after } }: LoadedColumnDrift): Html {
  const to = (window: Window | null, words: string, rel: 'prev' | 'next'): Part =>
    window !== null &&
    html`<a href="${columnDriftPath(model, window, column.name)}" rel="${rel}"
      >${words} ${instantText(formatInstant(window.end))}</a
    >`;
  return html`<nav class="pager" aria-label="Runs of this column">
    ${to(before, '‹ Run up to', 'prev')} ${to(after, 'Run up to', 'next')}${after !== null && ' ›'}
  </nav>`;
}

function referenceText(reference: ComparedReference | undefined): string {
  if (reference === undefined) return 'a reference that is not stored any more';
  const { kind, window } = reference;
  if (window === null) return 'training statistics';
  return kind === 'seasonal'
    ? 'the same hours of the week in the weeks before'
    : `${spanText(window)} (${kind})`;
}

/** What the run saw; the profiles may have changed since. */
function valuesText({ decided: { referenceRows, currentRows }, column: { facts } }: LoadedColumnDrift): Part {
  const saw = `${formatCount(referenceRows)} and ${formatCount(currentRows)}`;
  const sizes = facts?.sampleSizes;
  if (sizes === undefined || (sizes.reference === referenceRows && sizes.current === currentRows)) return saw;
  return html`${saw}
    <span class="muted"
      >the picture is of ${formatCount(sizes.reference)} and ${formatCount(sizes.current)}: rows have changed
      since</span
    >`;
}

function noPicture({ run, cut }: LoadedColumnDrift): Html {
  return emptyState({
    title:
      cut === undefined
        ? 'The profiles that this run compared are not kept any more.'
        : `The profiles that this run compared are rolled up: of ${cut === 'week' ? 'weeks' : 'days'} that its windows have a part of, only the sums are kept.`,
    why: run.hasReport ? 'The report of the run still shows its distributions.' : 'Its numbers are.',
  });
}

function why({ decided, monitor, column, model }: LoadedColumnDrift): Html {
  const weeks = decided.question === 'recent' ? 'the weeks before' : 'the reference';
  return section(
    'why',
    'Why it is judged so',
    monitor === undefined
      ? html`<p class="muted">Nobody watches this model any more: its monitor would say it.</p>`
      : html`<dl class="sides">
          ${definition('Method', html`${decided.method} <span class="muted">${whyMethod(monitor, column.name)}</span>`)}
          ${definition('Drifted from', whyThreshold(monitor, { ...decided, column: column.name }))}
          ${definition('Against', weeks)}
          ${definition('Corrected for', html`all that was asked in the run; see <a href="${monitorPath(model)}#columns">its monitor</a>`)}
        </dl>`,
  );
}
