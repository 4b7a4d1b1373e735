/** Lines and strips as small as a word. Drawn by hand: a chart library takes 6 ms for each, and a page has a hundred. */

import { html, trusted, type Html } from '../../html.ts';
import { levelCounts } from '../../verdict-table.ts';
import type { DriftCell } from './load.ts';

const size = { width: 120, height: 30, margin: 3 } as const;

export interface Sparkline {
  /** Null where there was nothing to compute; the line has a gap there. */
  readonly values: readonly (number | null)[];
  readonly limit?: number;
  /** What it says, for those who do not see it. */
  readonly label: string;
}

/** A line through the values with a dot at the last one, and the limit dashed. */
export function sparkline({ values, limit, label }: Sparkline): Html {
  const known = values.filter((value) => value !== null);
  const shown = limit === undefined ? known : [...known, limit];
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const { width, height, margin } = size;
  const x = (index: number): number =>
    round(margin + (index / Math.max(1, values.length - 1)) * (width - 2 * margin));
  const y = (value: number): number =>
    round(high === low ? height / 2 : margin + ((high - value) / (high - low)) * (height - 2 * margin));
  const last = values.findLastIndex((value) => value !== null);
  return html`<svg
    class="sparkline"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-label="${label}"
  >
    ${limit !== undefined && html`<path class="limit" d="M0 ${y(limit)}H${width}" />`}
    <path class="line" d="${linePath(values, x, y)}" />
    ${last >= 0 && html`<circle cx="${x(last)}" cy="${y(values[last]!)}" r="2.5" />`}
  </svg>`;
}

function linePath(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  return values
    .map((value, index) =>
      value === null ? '' : `${(values[index - 1] ?? null) === null ? 'M' : 'L'}${x(index)} ${y(value)}`,
    )
    .join('');
}

/** A tenth of a pixel is finer than anybody sees. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const cell = { width: 4, height: 18 } as const;

/** A cell for each run, the newest on the right; a taller mark for a worse verdict, so that colour is not the only sign. */
export function driftStrip(runs: readonly DriftCell[], length: number): Html {
  const label = `Drift in ${runs.length} runs: ${levelCounts(runs.map(({ level }) => level))}`;
  const free = length - runs.length;
  const cells = runs.map(({ level }, index) => {
    const height = { ok: 6, 'insufficient-data': 3, warning: 12, critical: 18 }[level];
    return `<rect class="${level}" x="${(free + index) * cell.width}" y="${cell.height - height}" width="3" height="${height}"/>`;
  });
  return html`<svg
    class="drift-strip"
    viewBox="0 0 ${length * cell.width} ${cell.height}"
    width="${length * cell.width}"
    height="${cell.height}"
    role="img"
    aria-label="${label}"
  >
    ${trusted(cells.join(''))}
  </svg>`;
}
