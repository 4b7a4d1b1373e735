/** How a challenger was judged, and where it came from. */

import { oneLine } from '../../../core/alert/message.ts';
import { formatShare } from '../../../core/number-text.ts';
import type { GateJudgement } from '../../../core/retraining/gates.ts';
import { html, type Html, type Part } from '../../html.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten } from '../../names.ts';
import { formatCount, formatNumber } from '../../numbers.ts';
import type { RetrainingFacts } from './load.ts';

export function gatesSection(validation: RetrainingFacts['validation']): Part {
  if (validation === null) return undefined;
  const { verdict, reason, rows, gates, sanity = [] } = validation;
  return html`<section aria-labelledby="gates">
    <h2 id="gates">Validation</h2>
    <p>
      ${verdict === 'pass' ? levelMark('ok', 'Passed') : levelMark('critical', 'Failed')} on
      ${formatCount(rows)} held-out rows: ${oneLine(reason)}
    </p>
    ${gates.length > 0 && gateTable(gates)}
    ${
      sanity.length > 0 &&
      html`<h3>Is it sane?</h3>
        <ul>
          ${sanity.map((check) => html`<li>${holdsMark(check.holds)} ${oneLine(check.reason)}</li>`)}
        </ul>`
    }
  </section>`;
}

function gateTable(gates: readonly GateJudgement[]): Html {
  return html`<table class="cards">
    <thead>
      <tr>
        <th scope="col">Gate</th>
        <th scope="col">Holds</th>
        <th scope="col">Segment</th>
        <th scope="col">Champion → challenger</th>
        <th scope="col">Better by (interval)</th>
        <th scope="col">Rows</th>
      </tr>
    </thead>
    <tbody>
      ${gates.map(
        (gate) =>
          html`<tr>
            <th scope="row">
              ${shorten(gate.gate, 120)}<span class="muted reason">${oneLine(gate.reason)}</span>
            </th>
            <td data-name="Holds">${holdsMark(gate.holds)}</td>
            <td data-name="Segment">${gate.segment === '' ? 'all rows' : shorten(gate.segment, 60)}</td>
            <td data-name="Champion → challenger">
              ${valueText(gate.champion)} → ${valueText(gate.challenger)}
            </td>
            <td data-name="Better by (interval)">${intervalText(gate)}</td>
            <td data-name="Rows">${formatCount(gate.rows)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function holdsMark(holds: GateJudgement['holds']): Html {
  if (holds === 'yes') return levelMark('ok', 'Yes');
  return holds === 'no' ? levelMark('critical', 'No') : levelMark('insufficient-data', 'Not judged');
}

function valueText(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}

function intervalText({ improvement, low, high }: GateJudgement): string {
  if (improvement === null) return '–';
  const interval = low === null || high === null ? '' : ` (${formatShare(low)} to ${formatShare(high)})`;
  return formatShare(improvement) + interval;
}

/** A value of a lineage may be anything that a trainer has sent. */
export function lineageSection({ lineage, stage }: RetrainingFacts): Part {
  if (lineage === null) return undefined;
  // What the page shows elsewhere.
  const { holdout: _holdout, validation: _validation, ...rest } = lineage;
  const entries = Object.entries(rest);
  return html`<section aria-labelledby="lineage">
    <h2 id="lineage">Lineage of the challenger</h2>
    ${stage !== null && html`<p>It is ${stage} now.</p>`}
    ${
      entries.length > 0 &&
      html`<table class="cards">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          ${entries.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${shorten(name, 60)}</th>
                <td>${shorten(typeof value === 'string' ? value : JSON.stringify(value), 400)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`
    }
  </section>`;
}
