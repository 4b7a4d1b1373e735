/** An interval through time, as an area. */

import type { ChartOption } from '../charts.ts';

type Series = Exclude<NonNullable<ChartOption['series']>, readonly unknown[]>;

interface BandPoint {
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

/** Between low and high at each instant. ECharts stacks lines only on axes of categories, so it is drawn as a polygon. */
export function band(points: readonly BandPoint[]): Series {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    // One item draws all of it, and holds what the axes have to span: an item a point would take 30 us each.
    data: points.length === 0 ? [] : [spanOf(points)],
    encode: { x: [0, 1], y: [2, 3] },
    renderItem: (_, api) => ({
      type: 'polygon',
      shape: {
        points: [
          ...points.map(({ at, high }) => api.coord([at, high])),
          ...points.toReversed().map(({ at, low }) => api.coord([at, low])),
        ],
      },
      style: { fill: 'var(--current)', opacity: 0.2 },
    }),
  };
}

function spanOf(points: readonly BandPoint[]): number[] {
  const span = [Infinity, -Infinity, Infinity, -Infinity] as [number, number, number, number];
  for (const { at, low, high } of points) {
    span[0] = Math.min(span[0], at);
    span[1] = Math.max(span[1], at);
    span[2] = Math.min(span[2], low);
    span[3] = Math.max(span[3], high);
  }
  return span;
}
