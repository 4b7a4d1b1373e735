/** What else happened in the window: drift, alerts, retrainings, and which actuals came. */

import { countText } from '../../core/performance/metrics.ts';
import { formatShare } from '../../core/number-text.ts';
import { parseInstant } from '../../core/window.ts';
import { chartWidth } from '../chart-parts.ts';
import { drawChart } from '../charts.ts';
import { historyChart } from '../drift-report/history-chart.ts';
import { html, type Html, type Part } from '../html.ts';
import { instantText } from '../instant-text.ts';
import { levelMark } from '../level-mark.ts';
import { shorten, visibleName } from '../names.ts';
import { formatCount } from '../numbers.ts';
import { sinceInWords } from '../since.ts';
import { dayText } from '../time-axis.ts';
import { verdictTable } from '../verdict-table.ts';
import { coverageOption } from './coverage-chart.ts';
import { metricLabel, shortMetric } from './metric-words.ts';
import type {
  Coverage,
  PerformanceReport,
  ReportedAlert,
  ReportedRetraining,
  Restatement,
  WindowDrift,
} from './performance-report.ts';
import { section } from './section.ts';

export function driftSection({ drift }: PerformanceReport): Html {
  return section('drift', 'Data drift', drift, (drift) => {
    const { verdict, since, runs, limit } = drift;
    return html`<p>
        ${levelMark(verdict.level)}${since !== undefined && ` ${sinceInWords(since)}`}:
        ${shorten(verdict.reason, 320)}
      </p>
      <div class="panels">
        <div>${driftedColumns(drift)}</div>
        <div>
          ${
            runs.length > 1 &&
            html`<figure>
              <figcaption>
                <b>Share of drifted features</b> <span class="key limit">limit ${formatShare(limit)}</span>
              </figcaption>
              ${historyChart('drift-h', `Share of drifted features in ${runs.length} windows`, { points: runs, floor: limit, height: 150, format: formatShare })}
            </figure>`
          }
        </div>
      </div>`;
  });
}

function driftedColumns({ columns, runsInWindow }: WindowDrift): Part {
  if (columns.length === 0) return html`<p>No column drifted in ${countText(runsInWindow, 'run')}.</p>`;
  const shown = 8;
  return verdictTable({
    style: 'metrics',
    head: html`<th scope="col">Column</th>
      <th scope="col">In runs</th>
      <th scope="col">Last</th>`,
    row: ({ name, runs, level, reason }: WindowDrift['columns'][number]) =>
      html`<tr>
        <th scope="row"><bdi>${shorten(visibleName(name), 60)}</bdi></th>
        <td class="whole">${runs} of ${runsInWindow}</td>
        <td>${levelMark(level)} <span class="muted">${shorten(reason, 160)}</span></td>
      </tr>`,
    shown: columns.slice(0, shown),
    folded: columns.slice(shown),
    summary: `${formatCount(columns.length - shown)} more`,
  });
}

export function alertsSection({ alerts }: PerformanceReport): Html {
  return section('alerts', 'Alerts', alerts, ({ alerts }) =>
    verdictTable({
      style: 'verdicts',
      head: html`<th scope="col">When (UTC)</th>
        <th scope="col">Severity</th>
        <th scope="col">What</th>`,
      row: ({ at, level, title, summary }: ReportedAlert) =>
        html`<tr>
          <th scope="row">${instantText(at)}</th>
          <td>${levelMark(level, level === 'ok' ? 'Resolved' : undefined)}</td>
          <td>${title}: ${shorten(summary, 240)}</td>
        </tr>`,
      shown: alerts.slice(0, 10),
      folded: alerts.slice(10),
      summary: `${formatCount(alerts.length - 10)} more`,
    }),
  );
}

export function retrainingsSection({ retrainings }: PerformanceReport): Html {
  return section('retrainings', 'Retrainings', retrainings, ({ retrainings }) =>
    verdictTable({
      style: 'verdicts',
      head: html`<th scope="col">When (UTC)</th>
        <th scope="col">Ended</th>
        <th scope="col">Why, and how it ended</th>`,
      row: ({ at, state, reason, champion, challenger }: ReportedRetraining) =>
        html`<tr>
          <th scope="row">${instantText(at)}</th>
          <td><b>${state}</b></td>
          <td>
            ${shorten(reason, 480)}
            ${(champion !== undefined || challenger !== undefined) && html`<br /><span class="muted">${versionsText(champion, challenger)}</span>`}
          </td>
        </tr>`,
      shown: retrainings.slice(0, 10),
      folded: retrainings.slice(10),
      summary: `${formatCount(retrainings.length - 10)} more`,
    }),
  );
}

function versionsText(champion: string | undefined, challenger: string | undefined): string {
  const names = [
    ...(champion === undefined ? [] : [`champion ${shorten(champion, 60)}`]),
    ...(challenger === undefined ? [] : [`challenger ${shorten(challenger, 60)}`]),
  ];
  return names.join(', ');
}

export function coverageSection({ coverage }: PerformanceReport): Html {
  return section('coverage', 'Which actuals have come', coverage, (coverage) => {
    const { days, restated } = coverage;
    return html`<div class="panels">
      <div>${coverageFigure(days)}</div>
      <div>
        ${
          restated.length > 0
            ? verdictTable({
                style: 'metrics',
                head: html`<th scope="col">Restated day</th>
                  <th scope="col">Number</th>
                  <th scope="col">Coverage</th>`,
                row: restatementRow,
                shown: restated.slice(0, 8),
                folded: restated.slice(8),
                summary: `${formatCount(restated.length - 8)} more`,
              })
            : html`<p class="muted">No day of the window has been restated.</p>`
        }
      </div>
    </div>`;
  });
}

function coverageFigure(days: Coverage['days']): Html {
  const shares = days.map(({ predictions, outcomes }) =>
    predictions === 0 ? undefined : Math.min(1, outcomes / predictions),
  );
  const [predictions, outcomes] = (['predictions', 'outcomes'] as const).map((of) =>
    days.reduce((sum, day) => sum + day[of], 0),
  );
  const label = `Share of the predictions of each day whose actual is known: ${formatCount(outcomes!)} of ${formatCount(predictions!)} in all`;
  return html`<figure>
    <figcaption><b>Share of each day's predictions whose actual is known</b></figcaption>
    ${drawChart(
      coverageOption(days.map(({ start }, i) => ({ name: dayText(parseInstant(start)), share: shares[i] }))),
      { id: 'coverage-c', label, width: chartWidth, height: 170 },
    )}
  </figure>`;
}

function restatementRow({ day, metric, from, to, coverageFrom, coverageTo }: Restatement): Html {
  const moved = (a: number | undefined, b: number | undefined, text: (value: number) => string): string =>
    `${a === undefined ? '–' : text(a)} → ${b === undefined ? '–' : text(b)}`;
  return html`<tr>
    <th scope="row">${dayText(parseInstant(day))}</th>
    <td>${metricLabel(metric)} ${moved(from, to, (value) => shortMetric(metric, value))}</td>
    <td>${moved(coverageFrom, coverageTo, formatShare)}</td>
  </tr>`;
}
