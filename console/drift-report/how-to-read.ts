/** What the words of the page mean. */

import { html, type Html } from '../html.ts';
import type { DriftReport } from './drift-report.ts';

/** Folded; only words that this report has. */
export function howToRead(report: DriftReport): Html {
  const { columns } = report;
  const has = {
    since: [report, ...columns].some(({ since }) => since !== undefined),
    usual: columns.some(({ answers }) => answers.some(({ usual }) => usual !== undefined)),
    bounds: columns.some(({ statistics }) => statistics.some((statistic) => 'errorBound' in statistic)),
  };
  return html`<details class="how">
    <summary>How to read this page</summary>
    <dl>
      <dt>Difference</dt>
      <dd>
        The effect: how large a difference is, on the fixed scale of its method. The mark on a bar is where it
        begins to matter; a bar twice as long is four times as much.
      </dd>
      <dt>Warning and critical</dt>
      <dd>
        A warning is a difference that is certain and matters: its corrected p is at most alpha, and its
        effect at least where it begins to matter. Critical is one whose corrected p is at most a tenth of
        alpha, and whose effect reaches the critical floor of its method too. Where a threshold is written for
        a column, it alone decides, and knows only warnings.
      </dd>
      <dt>Share of values</dt>
      <dd>
        Each side counts for itself, so that sides of different sizes compare. What is missing or invalid is
        no value. Of current values beyond the reference's range often only the number and the mean are known:
        they are a flat piece, or stand beside the axis, below or above, where they are far away.
      </dd>
      ${
        has.since &&
        html`<dt>Since</dt>
          <dd>
            The end of the first of the windows that have drifted on end, up to this one. New: the window
            before had not.
          </dd>`
      }
      ${
        has.usual &&
        html`<dt>Usual</dt>
          <dd>Where the effect of such windows lies when nothing is wrong.</dd>`
      }
      <dt>p</dt>
      <dd>
        How probable a difference at least as large is when nothing has changed. Corrected: for all the
        questions that were asked together.
      </dd>
      ${
        has.bounds &&
        html`<dt>± at most</dt>
          <dd>Statistics of stored counts differ from those of the raw rows by at most so much.</dd>`
      }
      <dt>Not judged</dt>
      <dd>There is too little data to say; the reason says what is missing.</dd>
    </dl>
  </details>`;
}
