/** The charts of a model as files. */

import { metricTable } from '../../../core/performance/metrics.ts';
import { formatDay, formatInstant } from '../../../core/window.ts';
import { axisText, chartText } from '../../chart-parts.ts';
import type { ChartOption } from '../../charts.ts';
import { shorten, visibleName } from '../../names.ts';
import { nameAxis } from '../../name-axis.ts';
import { titled } from '../../titled.ts';
import { coverageOption } from '../../performance-report/coverage-chart.ts';
import { metricLabel } from '../../performance-report/metric-words.ts';
import { trendOption } from '../../performance-report/trend-chart.ts';
import type { Asked, Drawing } from '../../server/page.ts';
import { dayText } from '../../time-axis.ts';
import { findModel } from './find-model.ts';
import { coverageOf, loadCoverage } from './load-coverage.ts';
import type { LoadedDrift } from './load-drift.ts';
import { loadDriftOf, loadPerformanceOf } from './load.ts';
import { trendOf, windowWords } from './trend.ts';

const width = 960;

/** Of two years, all days. */
const mostRows = 750;

export async function drawPerformance(asked: Asked): Promise<Drawing | undefined> {
  const found = await findModel(asked);
  if (found === undefined) return undefined;
  const { model, monitor } = found;
  const performance = await loadPerformanceOf(asked.connection, found, {
    mostPoints: mostRows,
    restated: { days: found.asked.days, most: mostRows },
  });
  if (performance === null || performance.points.length < 2) return undefined;
  const { metric, over, points, restated } = performance;
  const firstValues = new Map(restated.map(({ windowEnd, from }) => [windowEnd, from]));
  return {
    name: `${model}-${metric}-${over}`,
    option: titled(
      trendOption(trendOf(performance, monitor), metric, width),
      `${shorten(model, 60)}: ${metricLabel(metric)} over ${windowWords(over)}, each day`,
      `${metricTable[metric].direction === 'higher-is-better' ? 'Higher' : 'Lower'} is better. Band: 95% interval. Dots: single days. Grey: provisional.${restated.length === 0 ? '' : ' Ring: first value of a restated window.'}`,
    ),
    size: { width, height: 340 },
    head: [
      'window_end',
      'version',
      metric,
      'low',
      'high',
      'state',
      'revision',
      'coverage',
      'outcomes',
      'first_value',
    ],
    rows: points.map(({ windowEnd, version, value, interval, state, revision, coverage, outcomes }) => [
      formatInstant(windowEnd),
      version,
      value,
      interval?.[0] ?? null,
      interval?.[1] ?? null,
      state,
      revision,
      coverage,
      outcomes,
      revision === 1 ? value : (firstValues.get(windowEnd) ?? null),
    ]),
  };
}

export async function drawCoverage(asked: Asked): Promise<Drawing | undefined> {
  const found = await findModel(asked);
  if (found === undefined) return undefined;
  const { model } = found;
  const coverage = await loadCoverage(asked.connection, model, found.asked.days);
  if (coverage.length === 0) return undefined;
  return {
    name: `${model}-coverage`,
    option: titled(
      coverageOption(coverage.map((day) => ({ name: dayText(day.start), share: coverageOf(day) }))),
      `${shorten(model, 60)}: share of each day's predictions whose actual is known`,
      '',
    ),
    size: { width, height: 260 },
    head: ['day', 'predictions', 'outcomes', 'coverage'],
    rows: coverage.map((day) => [
      formatDay(day.start),
      day.predictions,
      day.outcomes,
      coverageOf(day) ?? null,
    ]),
  };
}

/** A row a column, a cell a run; the number is for the scale of colours. */
const cellLevels = { ok: 1, warning: 2, critical: 3, 'insufficient-data': 0 } as const;

export async function drawDrift(asked: Asked): Promise<Drawing | undefined> {
  const found = await findModel(asked);
  if (found === undefined) return undefined;
  const { model } = found;
  const drift = await loadDriftOf(asked.connection, found);
  if (drift === null || drift.columns.length === 0) return undefined;
  return {
    name: `${model}-drift`,
    option: heatOption(drift, `${shorten(model, 60)}: drift of each column`),
    size: { width, height: 110 + 18 * drift.columns.length },
    head: ['window_end', 'column', 'verdict', 'effect'],
    rows: drift.columns.flatMap(({ name, cells }) =>
      cells.flatMap((cell, i) =>
        cell === null ? [] : [[formatInstant(drift.runs[i]!.window.end), name, cell.level, cell.effect]],
      ),
    ),
  };
}

function heatOption({ runs, columns }: LoadedDrift, title: string): ChartOption {
  const base = titled(
    { textStyle: chartText },
    title,
    'Red: critical. Brown: warning. Green: OK. Grey: not judged.',
  );
  return {
    ...base,
    grid: { left: 180, right: 28, top: 64, bottom: 30, outerBoundsMode: 'none' },
    xAxis: nameAxis(runs.map(({ window }) => dayText(window.end))),
    yAxis: {
      type: 'category',
      inverse: true,
      data: columns.map(({ name }) => shorten(visibleName(name), 24)),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...axisText, interval: 0 },
    },
    visualMap: {
      show: false,
      type: 'piecewise',
      pieces: [
        { value: 0, color: 'var(--axis)' },
        { value: 1, color: 'var(--usual)' },
        { value: 2, color: 'var(--warning)' },
        { value: 3, color: 'var(--critical)' },
      ],
    },
    series: [
      {
        type: 'heatmap',
        silent: true,
        itemStyle: { borderColor: 'var(--page)', borderWidth: 1 },
        data: columns.flatMap(({ cells }, y) =>
          cells.flatMap((cell, x) => (cell === null ? [] : [[x, y, cellLevels[cell.level]]])),
        ),
      },
    ],
  };
}
