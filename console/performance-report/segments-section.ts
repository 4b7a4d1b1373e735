/** In which part of the rows does the model do worst? Parts that the monitor names, and parts that were found. */

import { formatPValue } from '../../core/number-text.ts';
import type { SliceLoss } from '../../core/comparison/weak-slices/weak-slice-in-words.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { html, type Html } from '../html.ts';
import { visibleName } from '../names.ts';
import { formatCount } from '../numbers.ts';
import { verdictTable } from '../verdict-table.ts';
import { otherWindow } from './comparisons-section.ts';
import {
  differenceWords,
  lossLabel,
  lossText,
  measuredCell,
  measuredText,
  metricLabel,
} from './metric-words.ts';
import type { Measured, PerformanceReport, ReportedSegment, ReportedSlice } from './performance-report.ts';
import { section } from './section.ts';

/** Of more, the better ones are folded away. */
const mostShown = 10;

export function segmentsSection({ segments }: Pick<PerformanceReport, 'segments'>): Html {
  return section('segments', 'Segments', segments, ({ metric, whole, segments }) => {
    const folded = segments.slice(mostShown);
    return html`<p class="muted order">
        The worst first; all rows have ${metricLabel(metric)} ${measuredText(metric, whole)}.
      </p>
      ${verdictTable({
        style: 'metrics',
        head: html`<th scope="col">Segment</th>
          <th scope="col">${metricLabel(metric)}</th>
          <th scope="col">Against all rows</th>
          <th scope="col" class="wide number">Outcomes</th>`,
        row: (segment: ReportedSegment) => segmentRow(segment, metric, whole),
        shown: segments.slice(0, mostShown),
        folded,
        summary: `${formatCount(folded.length)} more`,
      })}`;
  });
}

function segmentRow({ name, outcomes, value }: ReportedSegment, metric: MetricName, whole: Measured): Html {
  return html`<tr>
    <th scope="row"><bdi>${visibleName(name)}</bdi></th>
    <td>${measuredCell(metric, value)}</td>
    <td>${differenceWords(metric, value, whole)}</td>
    <td class="wide number">${formatCount(outcomes)}</td>
  </tr>`;
}

export function slicesSection({ slices, window: reported }: PerformanceReport): Html {
  return section('slices', 'Weak slices', slices, ({ window, loss, slices }) => {
    if (slices.length === 0) {
      return [
        html`<p>No slice of one or two features is clearly weaker than the rest.</p>`,
        otherWindow(window, reported),
      ];
    }
    const folded = slices.slice(mostShown);
    return html`<p class="muted order">
        Found by looking at all slices of one and two features, and corrected for how many these are; the most
        certain first.
      </p>
      ${otherWindow(window, reported)}
      ${verdictTable({
        style: 'metrics',
        head: html`<th scope="col">Slice</th>
          <th scope="col">${lossLabel(loss)}</th>
          <th scope="col">Elsewhere</th>
          <th scope="col" class="wide number">Outcomes</th>
          <th scope="col" class="wide number">p, corrected</th>`,
        row: (slice: ReportedSlice) => sliceRow(slice, loss),
        shown: slices.slice(0, mostShown),
        folded,
        summary: `${formatCount(folded.length)} more`,
      })}`;
  });
}

function sliceRow({ name, outcomes, value, rest, adjustedPValue }: ReportedSlice, loss: SliceLoss): Html {
  return html`<tr>
    <th scope="row"><bdi>${visibleName(name)}</bdi></th>
    <td>${lossText(loss, value)}</td>
    <td>${lossText(loss, rest)}</td>
    <td class="wide number">${formatCount(outcomes)}</td>
    <td class="wide number">${adjustedPValue === undefined ? '–' : formatPValue(adjustedPValue)}</td>
  </tr>`;
}
