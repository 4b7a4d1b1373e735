/** What both sides of a column hold, beside its distribution. */

import type { ColumnFacts } from '../../core/drift/column-facts.ts';
import { countText } from '../../core/performance/metrics.ts';
import { formatShare } from '../../core/number-text.ts';
import type { Sides } from '../../core/statistics/comparison.ts';
import { valueOf, type Computed } from '../../core/verdict.ts';
import { html, type Part } from '../html.ts';
import { formatApart, formatCount, formatNumber, formatPair } from '../numbers.ts';
import type { ReportedColumn } from './drift-report.ts';

/** A fact of both sides; of one where the other has none. */
type Row = readonly [name: string, reference: string, current: string];

/** Rows, mean, range and whatever is missing, invalid, out of range or unseen. Shares that are 0 on both sides are left out. */
export function factsTable({ facts, distribution }: ReportedColumn): Part {
  if (facts === undefined) return '';
  const rows: readonly Row[] = [
    ['Rows', formatCount(facts.rows.reference), formatCount(facts.rows.current)],
    ...meanRow(facts),
    ...(distribution === undefined || 'notComputable' in distribution
      ? [ratioRow('Missing', facts.missingRatio), ...someRatio('Invalid', facts.invalidRatio)]
      : [
          ...(distribution.kind === 'continuous'
            ? [rangeRow(distribution.ranges), ...pointRows(distribution.points)]
            : [
                ...someShares(
                  countText(distribution.others.levels, 'other level'),
                  distribution.others.shares,
                ),
                ...someShares('Not in the reference', distribution.unseen),
              ]),
          sharesRow('Missing', distribution.rest.missing),
          ...someShares('Invalid', distribution.rest.invalid),
        ]),
    ...someRatio("Out of the reference's range", facts.outOfRangeRatio),
    ...someRatio('Beyond 3 sd of the reference', facts.beyondThreeDeviationsRatio),
  ];
  return html`<table class="facts">
    <caption>
      Both sides
    </caption>
    <thead>
      <tr>
        <td></td>
        <th scope="col">Reference</th>
        <th scope="col">Current</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([name, reference, current]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${reference}</td>
            <td>${current}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function meanRow({ means }: ColumnFacts): Row[] {
  const [reference, current] = [valueOf(means.reference), valueOf(means.current)];
  if (reference !== null && current !== null) return [['Mean', ...formatPair(reference, current)]];
  const words = (value: number | null): string => (value === null ? '–' : formatNumber(value));
  return reference === null && current === null ? [] : [['Mean', words(reference), words(current)]];
}

function rangeRow({ reference, current }: Sides<{ readonly min: number; readonly max: number }>): Row {
  const words = ({ min, max }: { readonly min: number; readonly max: number }): string =>
    min === max ? formatNumber(min) : `${formatApart(min, max - min)} to ${formatApart(max, max - min)}`;
  return ['Range', words(reference), words(current)];
}

function pointRows(points: readonly { readonly value: number; readonly shares: Sides<number> }[]): Row[] {
  return points.map(({ value, shares }) => sharesRow(`Exactly ${formatNumber(value)}, not drawn`, shares));
}

function sharesRow(name: string, { reference, current }: Sides<number>): Row {
  return [name, formatShare(reference), formatShare(current)];
}

function someShares(name: string, shares: Sides<number>): Row[] {
  return shares.reference + shares.current > 0 ? [sharesRow(name, shares)] : [];
}

function ratioRow(name: string, ratio: Computed): Row {
  return [name, '–', 'value' in ratio ? formatShare(ratio.value) : '–'];
}

function someRatio(name: string, ratio: Computed): Row[] {
  return (valueOf(ratio) ?? 0) > 0 ? [ratioRow(name, ratio)] : [];
}
