/** What all features at once show, and no single one does. */

import type { TogetherMethod } from '../../core/multivariate/finding.ts';
import { html, type Html } from '../html.ts';
import type { TogetherFinding } from './drift-report.ts';
import { levelMark } from '../level-mark.ts';
import { worstFirst } from '../worst-first.ts';
import { verdictTable } from '../verdict-table.ts';

const questions: Readonly<Record<TogetherMethod, string>> = {
  'domain-classifier': 'Can a model tell current rows from reference rows?',
  'pca-reconstruction': 'Do rows vary in other directions than in the reference?',
  correlation: 'Do pairs of features go together otherwise than in the reference?',
};

/** A row a method: what it asks, and what it found. */
export function togetherSection(findings: readonly TogetherFinding[]): Html {
  return html`<section aria-labelledby="together">
    <h2 id="together">All features together</h2>
    ${verdictTable({
      head: html`<th scope="col">Question</th>
        <th scope="col">Verdict</th>
        <th scope="col">Found</th>`,
      row,
      shown: worstFirst(findings, ({ verdict }) => verdict.level),
    })}
  </section>`;
}

function row({ method, verdict }: TogetherFinding): Html {
  return html`<tr>
    <th scope="row">${questions[method]}</th>
    <td>${levelMark(verdict.level)}</td>
    <td>${verdict.reason}</td>
  </tr>`;
}
