/** Everything about one column: its distributions, what decided, and the facts beside it. */

import { formatPValue } from '../../core/number-text.ts';
import { html, type Html, type Part } from '../html.ts';
import { formatNumber } from '../numbers.ts';
import { distributionChart } from './distribution-chart.ts';
import type { Answer, HistoryPoint, ReportedColumn } from './drift-report.ts';
import { factsTable } from './facts-table.ts';
import { historyChart } from './history-chart.ts';
import { levelMark } from '../level-mark.ts';
import { shorten } from '../names.ts';
import { statisticsTable } from './statistics-table.ts';

/** Links to the figures of a column as files, each below its figure. */
export interface FigureFiles {
  readonly distribution?: Html;
  readonly history?: Html;
}

/**
 * The body of a column's section; its heading stands before it.
 *
 * @param files none in a report, which is a file itself
 */
export function columnBody(id: string, column: ReportedColumn, files: FigureFiles = {}): Html {
  return html`<p class="reason">${column.verdict.reason}</p>
    <div class="panels">
      <div>${distributionFigure(id, column, files)} ${factsTable(column)}</div>
      <div>
        ${column.answers.map((answer, i) => answerPart(`${id}-${i}`, column, answer, files))}
        ${statisticsTable(column)}
      </div>
    </div>`;
}

function distributionFigure(
  id: string,
  { name, distribution, facts }: ReportedColumn,
  files: FigureFiles,
): Part {
  if (distribution === undefined) return '';
  if ('notComputable' in distribution)
    return html`<p class="empty">No picture: ${distribution.notComputable}.</p>`;
  const what = distribution.kind === 'continuous' ? 'bin' : 'level';
  const label = `${shorten(name, 80)}: share of the values per ${what}, reference and current${meansInWords(facts)}`;
  return html`<figure>
      <figcaption>
        <b>Share of values per ${what}</b> <span class="key reference">reference</span>
        <span class="key current">current</span>
      </figcaption>
      ${distributionChart(`${id}-d`, label, distribution)}
    </figure>
    ${files.distribution}`;
}

function meansInWords(facts: ReportedColumn['facts']): string {
  if (
    facts === undefined ||
    'notComputable' in facts.means.reference ||
    'notComputable' in facts.means.current
  ) {
    return '';
  }
  return `; mean ${formatNumber(facts.means.reference.value)} and ${formatNumber(facts.means.current.value)}`;
}

const questions: Readonly<Record<Answer['question'], string>> = {
  reference: 'Different from the reference?',
  recent: 'Suddenly different from the last weeks?',
};

function answerPart(id: string, column: ReportedColumn, answer: Answer, files: FigureFiles): Html {
  const { question, level, statistic } = answer;
  const history = drawnHistory(answer);
  return html`<div class="answer">
    <h4>${questions[question]} ${levelMark(level)}</h4>
    ${
      'notComputable' in statistic
        ? html`<p>${statistic.method}: ${statistic.notComputable}</p>`
        : html`<dl class="numbers">
            ${numbersOf(answer).map(
              ([name, value]) =>
                html`<div>
                  <dt>${name}</dt>
                  <dd>${value}</dd>
                </div>`,
            )}
          </dl>`
    }
    ${history !== undefined && [historyFigure(id, column, answer, history), files.history]}
  </div>`;
}

/** Undefined where there is no course to draw: one window alone has none. */
export function drawnHistory({ history = [] }: Answer): readonly HistoryPoint[] | undefined {
  return history.length > 1 ? history : undefined;
}

function numbersOf({
  statistic,
  floor,
  alpha,
  adjustedPValue,
  usual,
}: Answer): readonly (readonly [string, string])[] {
  if ('notComputable' in statistic) return [];
  const { method, unit = '', effect, pValue } = statistic;
  const below = alpha === undefined ? '' : ` (needs < ${formatNumber(alpha)})`;
  const numbers: (readonly [string, string])[] = [
    [method, `${formatNumber(effect)}${unit}`],
    ['Matters from', `${formatNumber(floor)}${unit}`],
  ];
  if (usual !== undefined)
    numbers.push(['Usually', `${formatNumber(usual.low)} to ${formatNumber(usual.high)}`]);
  if (pValue !== null)
    numbers.push(['p', `${formatPValue(pValue)}${adjustedPValue === undefined ? below : ''}`]);
  if (adjustedPValue !== undefined) numbers.push(['p, corrected', `${formatPValue(adjustedPValue)}${below}`]);
  return numbers;
}

function historyFigure(
  id: string,
  { name }: ReportedColumn,
  answer: Answer,
  history: readonly HistoryPoint[],
): Html {
  const { method } = answer.statistic;
  const [first, last] = [history[0]!.windowEnd, history.at(-1)!.windowEnd];
  const loud = history.filter(({ level }) => level === 'warning' || level === 'critical').length;
  const label = `${shorten(name, 80)}: ${method} of ${history.length} windows from ${first} to ${last}; ${loud} of them warning or critical`;
  return html`<figure>
    <figcaption>
      <b>${method} through time</b>
      <span class="key limit">matters</span
      >${answer.usual !== undefined && html` <span class="key usual">usual</span>`}
    </figcaption>
    ${historyChart(`${id}-h`, label, { ...answer, points: history, height: 170, format: formatNumber })}
  </figure>`;
}
