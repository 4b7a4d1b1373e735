/** A chart as a picture of its own says itself what it shows. */

import { axisText } from './chart-parts.ts';
import type { ChartOption } from './charts.ts';

/** Room for a title and a line below it. */
export const titleHeight = 66;

/** The chart below a title and what else is to be known. */
export function titled(option: ChartOption, text: string, subtext: string): ChartOption {
  return {
    ...option,
    title: {
      text,
      subtext,
      left: 12,
      top: 8,
      itemGap: 3,
      textStyle: { fontSize: 14, color: 'var(--ink)', fontWeight: 'bold' },
      subtextStyle: { ...axisText, fontSize: 12 },
    },
    grid: { ...(option.grid as object | undefined), top: titleHeight + 10 },
  };
}
