import { countText } from '../../core/performance/metrics.ts';
import { parseInstant, type WindowText } from '../../core/window.ts';
import type { ReprocessingCounts } from '../../workflows/reprocessing.ts';
import { dayOrInstant } from '../time-range.ts';

/** Why evaluations differ where no outcome does: a nightly run does not restate what is final. */
const leftBehind =
  'those restated were final when their actuals came, or were made by other settings of the monitor';

/** What a reprocessing has done, in one line. */
export function resultLine(model: string, { start, end }: WindowText, counts: ReprocessingCounts): string {
  const isNews = counts.attached + counts.changed + counts.summarized > 0;
  const parts = [
    `${countText(counts.hours, 'hour')} looked at, ${counts.summarized} changed`,
    `${countText(counts.attached, 'outcome')} attached, ${counts.changed} corrected`,
    `${countText(counts.windows, 'stored window')} evaluated again: ${countText(counts.restated, 'evaluation')} restated, ${counts.unchanged} unchanged`,
    ...(counts.restated > 0 && !isNews ? [leftBehind] : []),
    `${countText(counts.estimated, 'estimate')} and ${countText(counts.compared, 'comparison')} made anew`,
  ];
  return `${model}, ${[start, end].map((text) => dayOrInstant(parseInstant(text))).join(' to ')}: ${parts.join('; ')}`;
}
