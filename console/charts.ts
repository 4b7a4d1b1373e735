/** Draws charts as SVG: the one place that knows ECharts. */

// One prebuilt file: it loads in 60 ms, `echarts/core` with the charts and components in 700 ms (a thousand small modules).
import { init, type EChartsOption } from 'echarts/dist/echarts.esm.min';

import { lightColors } from './colors.ts';
import { html, trusted, type Html } from './html.ts';

/** What is drawn, as ECharts has it; colours may be `var(--name)` of the page's style sheet. */
export type ChartOption = EChartsOption;

export interface ChartFrame {
  /** Unique on the page. */
  readonly id: string;
  /** What the chart says, for those who do not see it. */
  readonly label: string;
  /** In the units of the picture: it is as wide as its place on the page allows. */
  readonly width: number;
  readonly height: number;
}

/**
 * A chart as an SVG element that needs no script. The same input gives the same text, and its ids begin with the chart's.
 * Cost: 6 ms.
 */
export function drawChart(option: ChartOption, { id, label, width, height }: ChartFrame): Html {
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
    <title>${label}</title>
    ${trusted(contentOf(svgOf(option, { width, height }), id))}
  </svg>`;
}

/** A chart as the text of an SVG file of its own, in the colours of paper. */
export function drawPicture(option: ChartOption, size: Pick<ChartFrame, 'width' | 'height'>): string {
  const svg = svgOf({ backgroundColor: 'var(--page)', ...option }, size);
  return svg.replaceAll(/var\(--([\w-]+)\)/g, (whole, name: string) => colors[name] ?? whole);
}

const colors: Readonly<Record<string, string>> = lightColors;

function svgOf(option: ChartOption, { width, height }: Pick<ChartFrame, 'width' | 'height'>): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, useUTC: true, ...option });
    return chart.renderToSVGString();
  } finally {
    // Otherwise its timer would keep the process.
    chart.dispose();
  }
}

/**
 * What is inside ECharts' own <svg>, without what only a script or a mouse would use (half of the bytes), and with the font of
 * the page. Texts cannot be mistaken for tags or attributes: their angle brackets and quotes are escaped.
 */
function contentOf(svg: string, id: string): string {
  return svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<style >[\s\S]*?<\/style>/, '')
    .replaceAll(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replaceAll(/ style="font[^"]*"/g, '')
    .replaceAll(/<rect [^>]*fill="none"><\/rect>/g, '')
    .replaceAll(/(id="|="url\(#)zr\d+-/g, `$1${id}-`)
    .replaceAll(/\n+/g, '');
}
