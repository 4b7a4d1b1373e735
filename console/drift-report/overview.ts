/** All columns at a glance: a strip of all, and a table of those that somebody should look at. */

import { formatPValue, formatShare } from '../../core/number-text.ts';
import { valueOf } from '../../core/verdict.ts';
import { html, type Html, type Part } from '../html.ts';
import { formatNumber, formatPair } from '../numbers.ts';
import { columnTarget } from './anchor.ts';
import type { Answer, ReportedColumn } from './drift-report.ts';
import { levelMark, levelShapes } from '../level-mark.ts';
import { shorten, visibleName } from '../names.ts';
import { leadingAnswer, timesFloor } from './order.ts';
import { isLoud, sinceInWords } from '../since.ts';

/** A column with the id of its section. */
export interface PlacedColumn {
  readonly id: string;
  readonly column: ReportedColumn;
}

/**
 * A small square a column, which leads to its section: dark where its effect is near what matters. Not for the Tab key: the
 * table and the list below lead there too.
 */
export function heatStrip(placed: readonly PlacedColumn[]): Html {
  const squares = placed.map(({ id, column }) => {
    const { level } = column.verdict;
    const words = `${shorten(visibleName(column.name), 80)}: ${level}${column.counted ? '' : ', not counted'}${timesInWords(leadingAnswer(column))}`;
    const heat = Math.max(0, Math.min(4, Math.floor(4 * timesFloor(leadingAnswer(column)))));
    return html`<li>
      <a
        class="${column.counted ? `${level} heat-${heat}` : 'aside'}"
        href="#${id}"
        tabindex="-1"
        title="${words}"
        aria-label="${words}"
        >${level === 'ok' ? '' : levelShapes[level]}</a
      >
    </li>`;
  });
  return html`<nav aria-label="All columns">
    <p class="muted order">
      A square a column, in this order; the darker, the nearer to what matters. ${levelShapes.warning}
      warning, ${levelShapes.critical} critical, ${levelShapes['insufficient-data']} not judged; grey and only
      outlined: not counted.
    </p>
    <ul class="strip">
      ${squares}
    </ul>
  </nav>`;
}

/** A row a column: what decided, how far it moved, what is missing. */
export function overviewTable(placed: readonly PlacedColumn[]): Html {
  const hasWeights = placed.some(({ column }) => column.weight !== undefined);
  const rows = placed.map(({ id, column }) => {
    const name = html`<bdi>${shorten(visibleName(column.name), 60)}</bdi>`;
    const saysAll = isLoud(column.verdict.level) && !hasDetails(column);
    const linked = saysAll ? html`${columnTarget(column)}${name}` : html`<a href="#${id}">${name}</a>`;
    return html`<tr ${saysAll && html`id="${id}"`} ${!column.counted && html`class="aside"`}>
      <th scope="row">${linked}${columnTags(column)}</th>
      <td>${levelMark(column.verdict.level)}${sinceLine(column)}</td>
      <td>${difference(column)}</td>
      <td class="wide">${meanChange(column)}</td>
      <td class="wide number">${ratio(column, 'missingRatio')}</td>
      ${hasWeights && html`<td class="wide number">${column.weight !== undefined && formatShare(column.weight)}</td>`}
    </tr>`;
  });
  return html`<table class="overview">
    <thead>
      <tr>
        <th scope="col">Column</th>
        <th scope="col">Verdict</th>
        <th scope="col">Difference</th>
        <th scope="col" class="wide">Mean</th>
        <th scope="col" class="wide number">Missing</th>
        ${hasWeights && html`<th scope="col" class="wide number">Importance</th>`}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** For those who see a column without its row. */
export function importanceTag({ weight }: ReportedColumn): Part {
  return weight !== undefined && html` <span class="tag">importance ${formatShare(weight)}</span>`;
}

function sinceLine({ since }: ReportedColumn): Part {
  return since !== undefined && html`<br /><span class="muted since">${sinceInWords(since)}</span>`;
}

/** Is more known of a column than the reason of its verdict? Otherwise its row says all. */
export function hasDetails({ answers, facts }: ReportedColumn): boolean {
  return answers.length > 0 || facts !== undefined;
}

/** What a column is, where that is not an enabled feature. */
export function columnTags({ subject, counted }: ReportedColumn): Part {
  return [
    subject !== 'feature' && html` <span class="tag">${subject}</span>`,
    !counted && html` <span class="tag">not counted</span>`,
  ];
}

/** How far a column has moved; where nothing was found, why. */
export function difference(column: ReportedColumn): Part {
  const answer = leadingAnswer(column);
  if (answer !== undefined) return effectBar(answer);
  return html`<span class="muted">${column.verdict.reason}</span>`;
}

/**
 * How long bars are, as CSS variables for all of them: the largest effect of the report fills one, at most 100 times what matters.
 * Lengths are square roots, so that the mark is far from 0 and large effects still differ.
 */
export function barScale(columns: readonly ReportedColumn[]): string {
  const largest = columns.reduce((most, column) => Math.max(most, timesFloor(leadingAnswer(column))), 4);
  return `--longest:${Math.sqrt(Math.min(largest, 100)).toFixed(2)}`;
}

/** The effect as a bar, with a mark where it begins to matter. */
function effectBar(answer: Answer): Part {
  const { statistic, floor, level, adjustedPValue } = answer;
  if ('notComputable' in statistic) return html`<span class="muted">${statistic.notComputable}</span>`;
  const { method, unit = '', effect } = statistic;
  const length = Math.sqrt(timesFloor(answer)).toFixed(2);
  return html`<span class="bar ${level}" aria-hidden="true"><i style="--length:${length}"></i></span>
    <span class="effect"
      >${method} <b>${formatNumber(effect)}${unit}</b>
      <span class="muted"
        >matters from
        ${formatNumber(floor)}${unit}${level === 'ok' && effect >= floor && adjustedPValue !== undefined && `, not certain: p ${formatPValue(adjustedPValue)}`}</span
      ></span
    >`;
}

function timesInWords(answer: Answer | undefined): string {
  const times = timesFloor(answer);
  return times < 0 ? '' : `, ${formatNumber(times)} of what matters`;
}

function meanChange({ facts }: ReportedColumn): Part {
  const [before, now] = [valueOf(facts?.means.reference), valueOf(facts?.means.current)];
  if (before === null || now === null) return '';
  const [from, to] = formatPair(before, now);
  return html`${from} <span class="muted">→</span><span class="hidden"> to </span> ${to}`;
}

function ratio({ facts }: ReportedColumn, key: 'missingRatio'): string {
  const value = valueOf(facts?.[key]);
  return value === null ? '' : formatShare(value);
}
