/** What all charts of the report have in common. A little larger than on a phone, a little smaller than on a desk: the texts grow and shrink with it. */

export const chartWidth = 390;

export const chartText = { fontFamily: 'inherit', fontSize: 12 } as const;

export const axisText = { color: 'var(--muted)' } as const;

export const axisLine = { show: true, onZero: false, lineStyle: { color: 'var(--axis)' } } as const;

export const gridLine = { show: true, lineStyle: { color: 'var(--grid)' } } as const;

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
