import { countText } from '../../core/performance/metrics.ts';
import type { WindowText } from '../../core/window.ts';
import type { ReprocessingCounts } from '../../workflows/reprocessing.ts';

/** What a reprocessing has done, in one line. */
export function resultLine(model: string, { start, end }: WindowText, counts: ReprocessingCounts): string {
  const parts = [
    `${countText(counts.hours, 'hour')} looked at, ${counts.summarized} changed`,
    `${countText(counts.attached, 'outcome')} attached, ${counts.changed} corrected`,
    `${countText(counts.windows, 'stored window')} evaluated again: ${countText(counts.restated, 'evaluation')} restated, ${counts.unchanged} unchanged`,
  ];
  return `${model}, ${dayOrInstant(start)} to ${dayOrInstant(end)}: ${parts.join('; ')}`;
}

function dayOrInstant(text: string): string {
  return text.replace('T00:00:00Z', '');
}
