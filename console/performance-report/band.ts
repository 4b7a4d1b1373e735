/** An interval through time, as an area. */

import type { ChartOption } from '../charts.ts';

type Series = Exclude<NonNullable<ChartOption['series']>, readonly unknown[]>;

/** Between low and high at each instant. ECharts stacks lines only on axes of categories, so it is drawn as a polygon. */
export function band(
  points: readonly { readonly at: number; readonly low: number; readonly high: number }[],
): Series {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    // The data are what the axis spans; the first one draws all of it.
    data: points.map(({ at, low, high }) => [at, low, high]),
    encode: { x: 0, y: [1, 2] },
    renderItem: ({ dataIndex }, api) =>
      dataIndex > 0
        ? undefined
        : {
            type: 'polygon',
            shape: {
              points: [
                ...points.map(({ at, high }) => api.coord([at, high])),
                ...points.toReversed().map(({ at, low }) => api.coord([at, low])),
              ],
            },
            style: { fill: 'var(--current)', opacity: 0.2 },
          },
  };
}
