/** When is the model wrong? By day, and by hour of the local day. */

import { formatShare } from '../../core/number-text.ts';
import { countText } from '../../core/performance/metrics.ts';
import { dayMs, parseInstant } from '../../core/window.ts';
import { axisText, chartText, chartWidth, gridLine } from '../chart-parts.ts';
import { drawChart, type ChartOption } from '../charts.ts';
import { html, type Html, type Part } from '../html.ts';
import { nameAxis } from '../name-axis.ts';
import { formatNumber } from '../numbers.ts';
import { dayText } from '../time-axis.ts';
import type { ErrorByDay, ErrorByHour, ErrorPoint, PerformanceReport } from './performance-report.ts';
import { absent, isAbsent } from './section.ts';

/** Both beside each other. */
export function errorsSection({ errorByDay, errorByHour, window }: PerformanceReport): Html {
  return html`<section aria-labelledby="errors">
    <h2 id="errors">Errors through time</h2>
    <div class="panels">
      <div>${isAbsent(errorByDay) ? absent(errorByDay.absent) : byDay(errorByDay, window)}</div>
      <div>${isAbsent(errorByHour) ? absent(errorByHour.absent) : byHour(errorByHour)}</div>
    </div>
  </section>`;
}

type Measure = ErrorByDay['measure'];

function byDay({ measure, days }: ErrorByDay, window: PerformanceReport['window']): Html {
  const [from, to] = [parseInstant(window.start), parseInstant(window.end)];
  const starts = days.map(({ start }) => parseInstant(start));
  const isCurrent = starts.map((start) => start + dayMs > from && start < to);
  const title = `${capital(measure)} by day`;
  return html`<figure>
    <figcaption>
      <b>${title}</b> <span class="key current">this window</span>
      <span class="key reference">before</span>${biasKey(days)}
    </figcaption>
    ${drawChart(
      barsOption(
        days,
        measure,
        starts.map((start) => dayText(start)),
        isCurrent,
      ),
      {
        id: 'by-day',
        label: `${title}: ${worstWords(days, measure, (i) => dayText(starts[i]!))}`,
        width: chartWidth,
        height: 200,
      },
    )}
  </figure>`;
}

function byHour({ measure, hours, timeZone }: ErrorByHour): Html {
  const names = hours.map((_, hour) => `${String(hour).padStart(2, '0')}:00`);
  const title = `${capital(measure)} by hour of the day`;
  return html`<figure>
    <figcaption><b>${title}</b> <span class="muted">${timeZone}</span>${biasKey(hours)}</figcaption>
    ${drawChart(
      barsOption(
        hours,
        measure,
        names,
        hours.map(() => true),
      ),
      {
        id: 'by-hour',
        label: `${title}, ${timeZone}: ${worstWords(hours, measure, (i) => names[i]!)}`,
        width: chartWidth,
        height: 200,
      },
    )}
  </figure>`;
}

function biasKey(points: readonly ErrorPoint[]): Part {
  return hasBias(points) && html` <span class="key bias">bias (prediction - actual)</span>`;
}

function hasBias(points: readonly ErrorPoint[]): boolean {
  return points.some(({ bias }) => bias !== undefined);
}

/** @example 'largest at 08:00 with 112, over 96 outcomes' */
function worstWords(points: readonly ErrorPoint[], measure: Measure, nameOf: (i: number) => string): string {
  const worst = points.reduce(
    (most, { value }, i) => (value !== undefined && value > (points[most]?.value ?? -1) ? i : most),
    0,
  );
  const { value, outcomes } = points[worst] ?? { outcomes: 0 };
  if (value === undefined) return 'no outcomes';
  return `largest at ${nameOf(worst)} with ${measureText(measure)(value)}, over ${countText(outcomes, 'outcome')}`;
}

const measureText = (measure: Measure): ((value: number) => string) =>
  measure === 'share of wrong classes' ? formatShare : formatNumber;

function barsOption(
  points: readonly ErrorPoint[],
  measure: Measure,
  names: readonly string[],
  isCurrent: readonly boolean[],
): ChartOption {
  return {
    textStyle: chartText,
    grid: { left: 46, right: 20, top: 10, bottom: 26, outerBoundsMode: 'none' },
    xAxis: nameAxis(names),
    yAxis: {
      type: 'value',
      axisLine: { show: false },
      axisTick: { show: false },
      splitNumber: 5,
      axisLabel: { ...axisText, formatter: measureText(measure) },
      splitLine: gridLine,
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barCategoryGap: '20%',
        data: points.map(({ value }, i) => ({
          value: value ?? '-',
          itemStyle: isCurrent[i]
            ? { color: 'var(--current-light)', borderColor: 'var(--current)', borderWidth: 1 }
            : { color: 'var(--reference)' },
        })),
      },
      ...(hasBias(points)
        ? [
            {
              type: 'line' as const,
              silent: true,
              symbol: 'circle',
              symbolSize: points.length > 30 ? 2.5 : 4,
              lineStyle: { color: 'var(--ink)', width: 1.2 },
              itemStyle: { color: 'var(--ink)' },
              data: points.map(({ bias }) => bias ?? '-'),
            },
          ]
        : []),
    ],
  };
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
