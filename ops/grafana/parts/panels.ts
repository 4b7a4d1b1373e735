/** The kinds of panels, as every dashboard shows them: limits are dashed red lines, verdicts have one set of colors, tables link. */

import { PanelBuilder as BarGaugePanel } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, Panel, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapPanel, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as HistogramPanel } from '@grafana/grafana-foundation-sdk/histogram';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as SeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';

import type { Query } from './queries.ts';
import { levelMappings, verdictMappings } from './verdicts.ts';

/** What every panel says of itself. */
interface Described {
  readonly title: string;
  /** What it shows and how to read it, for the tooltip of its title. */
  readonly about: string;
  /** All of one data source. */
  readonly queries: readonly [Query, ...Query[]];
  /** Of 24 columns. */
  readonly span?: number;
  readonly height?: number;
}

interface Measured extends Described {
  /** One of Grafana's: `percentunit`, `s`, `bytes`, `reqps`, `short` ... */
  readonly unit: string;
}

const red = 'red';
type AnyPanel =
  | SeriesPanel
  | StatPanel
  | TablePanel
  | HeatmapPanel
  | TimelinePanel
  | BarGaugePanel
  | HistogramPanel;

function described<Kind extends AnyPanel>(
  panel: Kind,
  { title, about, queries, span = 12, height = 8 }: Described,
): Kind {
  const [first] = queries;
  panel.title(title).description(about).span(span).height(height).datasource(first.source);
  for (const [index, query] of queries.entries())
    panel.withTarget(query.as(String.fromCodePoint(65 + index)));
  return panel;
}

/** Colors from the first threshold on; below it `base`. */
function thresholds(
  base: string,
  steps: readonly (readonly [from: number, color: string])[],
): ThresholdsConfigBuilder {
  const all: Threshold[] = [
    { value: null, color: base },
    ...steps.map(([value, color]) => ({ value, color })),
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all);
}

/** How series that are limits look: names that begin with `limit`. */
const limitLook: DynamicConfigValue[] = [
  { id: 'color', value: { mode: 'fixed', fixedColor: red } },
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
  { id: 'custom.lineWidth', value: 2 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { mode: 'none' } },
  { id: 'custom.showPoints', value: 'never' },
  { id: 'custom.spanNulls', value: true },
];

export interface SeriesOptions extends Measured {
  /** A limit that is the same for all: a line. Limits that differ are series whose names begin with `limit`. */
  readonly limit?: number;
  readonly min?: number;
  readonly max?: number;
  readonly as?: 'lines' | 'bars' | 'stacked-bars' | 'stacked-areas';
  /** Daily numbers: points, joined by lines. */
  readonly points?: 'always' | 'auto';
}

export function series(options: SeriesOptions): Builder<Panel> {
  const { unit, limit, min, max, as = 'lines', points = 'auto' } = options;
  const stacked = as.startsWith('stacked');
  const panel = described(new SeriesPanel(), options)
    .unit(unit)
    .drawStyle(as.endsWith('bars') ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .fillOpacity(as === 'lines' ? 5 : 60)
    .lineWidth(as === 'lines' ? 2 : 1)
    .showPoints(points === 'always' ? VisibilityMode.Always : VisibilityMode.Auto)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None))
    // A process that did not run for a day leaves a gap; a scrape that failed does not.
    .spanNulls(points === 'always' ? 36 * 3_600_000 : 5 * 60_000)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .overrideByRegexp('/^limit/', limitLook);
  if (min !== undefined) panel.min(min);
  if (max !== undefined) panel.max(max);
  if (limit !== undefined) {
    panel
      .thresholds(thresholds('transparent', [[limit, red]]))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  return panel;
}

export interface NumberOptions extends Measured {
  /** From this value on the number is orange, or red. */
  readonly warning?: number;
  readonly critical?: number;
  readonly decimals?: number;
  /** `up`: a low number is the bad one. It is red below `critical`, and orange from there to `warning`. */
  readonly better?: 'down' | 'up';
}

/** Big numbers, one a series or row. */
export function number(options: NumberOptions): Builder<Panel> {
  const { unit, warning, critical, decimals, better = 'down' } = options;
  const panelColors =
    better === 'down'
      ? colorsOf('green', [warning, 'orange'], [critical, red])
      : colorsOf(red, [critical, warning === undefined ? 'green' : 'orange'], [warning, 'green']);
  const panel = described(new StatPanel(), { span: 4, height: 4, ...options })
    .unit(unit)
    .thresholds(panelColors)
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .mappings(verdictMappings);
  return decimals === undefined ? panel : panel.decimals(decimals);
}

/** A word, such as a verdict: of the last row, all its text columns. */
export function word(options: Described): Builder<Panel> {
  return described(new StatPanel(), { span: 4, height: 4, ...options })
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('/.*/').values(false))
    .thresholds(thresholds('text', []))
    .mappings(verdictMappings);
}

/** Thresholds that are given; blue where there are none. */
function colorsOf(
  base: string,
  ...steps: readonly (readonly [from: number | undefined, color: string])[]
): ThresholdsConfigBuilder {
  const given = steps.filter((step): step is [number, string] => step[0] !== undefined);
  return thresholds(given.length === 0 ? 'blue' : base, given);
}

export interface Column {
  readonly unit?: string;
  /** Where a click leads. The row's cells are `${__data.fields.<column>}`. */
  readonly link?: string;
  readonly width?: number;
}

export interface TableOptions extends Described {
  readonly columns?: Readonly<Record<string, Column>>;
}

/** Rows. Verdicts and severities have their colors; `columns` says what else is not plain text. */
export function table(options: TableOptions): Builder<Panel> {
  const panel = described(new TablePanel(), { span: 24, ...options })
    .filterable(true)
    .mappings(verdictMappings)
    .overrideByRegexp('/verdict|severity/', [{ id: 'custom.cellOptions', value: { type: 'color-text' } }]);
  for (const [name, { unit, link, width }] of Object.entries(options.columns ?? {})) {
    panel.overrideByName(name, [
      ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
      ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
      ...(link === undefined
        ? []
        : [{ id: 'links', value: [{ title: `Open ${name}`, url: link, targetBlank: true }] }]),
    ]);
  }
  return panel;
}

/** Verdicts over time, a band a series; values are those of `levelOf`. */
export function timeline(options: Described): Builder<Panel> {
  return (
    described(new TimelinePanel(), { span: 24, ...options })
      .mappings(levelMappings)
      .thresholds(thresholds('text', []))
      .showValue(VisibilityMode.Never)
      .mergeValues(true)
      .fillOpacity(80)
      .rowHeight(0.85)
      // A verdict speaks for its day, not until the next one.
      .spanNulls(36 * 3_600_000)
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom)
          .showLegend(true),
      )
  );
}

/** How many observations fell into each bucket, over time. */
export function heatmap(options: Measured): Builder<Panel> {
  return described(new HeatmapPanel(), options)
    .unit(options.unit)
    .calculate(false)
    .showLegend()
    .yAxis(new YAxisConfigBuilder().unit(options.unit));
}

/** Bars from left to right, the longest first where the query sorts so. */
export function bars(options: Measured & { readonly max?: number }): Builder<Panel> {
  const panel = described(new BarGaugePanel(), options)
    .unit(options.unit)
    .min(0)
    .orientation(VizOrientation.Horizontal)
    .thresholds(thresholds('blue', []))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false));
  return options.max === undefined ? panel : panel.max(options.max);
}

/** How often which values occur: one column of values a series. */
export function histogram(options: Measured): Builder<Panel> {
  return described(new HistogramPanel(), options).unit(options.unit).fillOpacity(60).combine(false);
}
