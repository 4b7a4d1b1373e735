/** What all charts of the report have in common. A little larger than on a phone, a little smaller than on a desk: the texts grow and shrink with it. */

export const chartWidth = 390;

export const chartText = { fontFamily: 'inherit', fontSize: 12 } as const;

export const axisText = { color: 'var(--muted)' } as const;

/** Keeps a text readable on top of lines. */
export const halo = { textBorderColor: 'var(--page)', textBorderWidth: 3 } as const;

export const axisLine = { show: true, onZero: false, lineStyle: { color: 'var(--axis)' } } as const;

export const gridLine = { show: true, lineStyle: { color: 'var(--grid)' } } as const;

/** One of the lines of a `markLine` of ECharts. */
interface LimitLine {
  readonly yAxis: number;
  readonly lineStyle: { color: string; width: number; type: 'dashed' };
  readonly label: {
    color: string;
    textBorderColor: string;
    textBorderWidth: number;
    position: 'insideStartTop' | 'insideStartBottom';
    formatter: string;
  };
}

/** A dashed line at a limit, with words beside it that the lines of a chart do not cross out. */
export function limitLine(
  limit: number,
  level: 'warning' | 'critical',
  words: string,
  side: 'above' | 'below' = 'above',
): LimitLine {
  return {
    yAxis: limit,
    lineStyle: { color: `var(--${level})`, width: 1.5, type: 'dashed' },
    label: {
      ...axisText,
      ...halo,
      color: `var(--${level})`,
      position: side === 'above' ? 'insideStartTop' : 'insideStartBottom',
      formatter: words,
    },
  };
}

/**
 * Three to six round numbers from low to high.
 *
 * @example niceTicks(0.02, 0.97) // [0.2, 0.4, 0.6, 0.8]
 */
export function niceTicks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  // Through a text, so that 3 x 0.1 is 0.3.
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
