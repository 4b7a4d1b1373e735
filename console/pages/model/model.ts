/** One model: is it all right, since when not, and why? */

import { stateText as alertStateText } from '../../../core/alert/alert-words.ts';
import { metricTable, percentText } from '../../../core/performance/metrics.ts';
import { stateText } from '../../../core/performance/state-text.ts';
import { judgedFromAge, unjudgedText } from '../../../core/performance/gate.ts';
import { nextSteps } from '../../../core/process/next-steps.ts';
import { championText } from '../../../core/retraining/retraining-words.ts';
import { windowText } from '../../../core/window-text.ts';
import { durationMs, formatDay, formatInstant, formatWindow, type Window } from '../../../core/window.ts';
import { chartWidth } from '../../chart-parts.ts';
import { codeText } from '../../code-text.ts';
import { drawChart } from '../../charts.ts';
import { definition } from '../../definition.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { ago } from '../../layout/ago.ts';
import { downloads } from '../../layout/downloads.ts';
import { emptyState } from '../../layout/empty.ts';
import { withQuery } from '../../layout/links.ts';
import { section } from '../../layout/section.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import { coverageOption } from '../../performance-report/coverage-chart.ts';
import { metricLabel, shortMetric } from '../../performance-report/metric-words.ts';
import { segmentsSection } from '../../performance-report/segments-section.ts';
import { trendChart } from '../../performance-report/trend-section.ts';
import { qualitySection } from '../../quality-table.ts';
import type { Shown, View } from '../../server/page.ts';
import { dayText } from '../../time-axis.ts';
import { severityMark } from '../alerts/severity-mark.ts';
import { alertPath, modelPath, monitorPath } from '../paths.ts';
import { spans, type Span } from './asked.ts';
import { driftSection } from './drift-section.ts';
import { coverageOf } from './load-coverage.ts';
import type { LoadedModel } from './load.ts';
import type { RestatedWindow } from './load-performance.ts';
import { nowSection, retrainingsSection } from './now-section.ts';
import { trendOf, windowWords } from './trend.ts';

export function modelPage(loaded: LoadedModel, view: View): Shown {
  const { model, monitor, drift, isWatched } = loaded;
  const description = monitor?.description ?? '';
  return {
    title: shorten(visibleName(model), 80),
    main: html`<p class="crumbs">
        <a href="/">Models</a>${isWatched && html` · <a href="${monitorPath(model)}">How it is watched</a>`}
      </p>
      <h1><bdi>${shorten(visibleName(model), 200)}</bdi></h1>
      ${description !== '' && html`<p class="muted">${description}</p>`} ${notWatched(loaded)}
      ${verdict(loaded, view.now)} ${facts(loaded, view.now)} ${alerts(loaded)} ${performance(loaded, view)}
      ${segments(loaded)} ${driftSection(loaded, view.now)}
      ${drift?.quality !== undefined && qualitySection(drift.quality)} ${coverage(loaded)}
      ${retrainingsSection(loaded.now, view.now)} ${versions(loaded)} ${nowSection(loaded.now, view)}`,
  };
}

function notWatched({ isWatched, monitor }: LoadedModel): Part {
  if (!isWatched) {
    return html`<p class="notice refused">
      Nobody watches this model any more: its monitor was deleted. What was computed before is kept.
    </p>`;
  }
  return (
    monitor === undefined &&
    html`<p class="notice refused">
      Another version of Tidewatch has stored the monitor of this model. Run <code>tidewatch apply</code>.
    </p>`
  );
}

function verdict({ standing, arrived, degradedSince }: LoadedModel, now: number): Html {
  const { headline, check, checked, drift } = standing;
  const { level, reasons } = headline;
  const box =
    check === null && drift === null && level === 'insufficient-data'
      ? undefined
      : html`<div class="verdict ${level}">
          <p class="headline">
            ${levelMark(level)}
            ${checked !== null && html`<span class="muted when">${sinceText(standing, degradedSince)}checked for ${instantText(formatInstant(checked))}</span>`}
          </p>
          ${reasons.map((reason) => html`<p>${shorten(reason, 600)}</p>`)}
          ${
            check !== null &&
            !reasons.includes(check.reason) &&
            html`<p class="muted">
              Performance: ${check.level === 'ok' ? 'OK' : check.level}: ${shorten(check.reason, 600)}
            </p>`
          }
        </div>`;
  return html`${box}
  ${
    check === null &&
    emptyState({
      title: 'This model has not been judged yet.',
      next: nextSteps('degradation-check', arrived, 'actuals', now).map(codeText),
    })
  }`;
}

/** Since when the model has been degraded, where that is what the headline is about. */
function sinceText({ headline, check }: LoadedModel['standing'], since: number | undefined): string {
  return since === undefined || check?.level !== headline.level ? '' : `since ${formatDay(since)}, `;
}

function facts(loaded: LoadedModel, now: number): Html {
  const { versions, arrived, performance, coverage, monitor } = loaded;
  const { predictedAt } = arrived;
  const champion = servingVersion(versions, arrived);
  const newest =
    performance?.points.findLast(({ value, isJudged }) => value !== null && isJudged) ??
    performance?.points.findLast(({ value }) => value !== null);
  const predicted = coverage.reduce((sum, { predictions }) => sum + predictions, 0);
  const known = coverage.reduce((sum, { outcomes }) => sum + outcomes, 0);
  return html`<dl class="sides">
    ${
      newest !== undefined &&
      definition(
        `${metricLabel(performance!.metric)}, ${windowText(formatWindow(windowOf(newest, performance!.over)))}`,
        html`${shortMetric(performance!.metric, newest.value!)}
          <span class="muted">
            ${newest.interval !== null && `(${newest.interval.map((end) => shortMetric(performance!.metric, end)).join(' to ')}) `}${stateText(newest, changesUntil(newest, monitor))},
            revision ${newest.revision}
          </span>`,
      )
    }
    ${waiting(loaded, now)}
    ${definition('Champion', champion === null ? 'none: nothing has been predicted yet' : html`<bdi>${shorten(visibleName(championText(champion)), 120)}</bdi>`)}
    ${definition('Newest predictions', predictedAt === null ? 'none yet' : ago(predictedAt, now))}
    ${definition('Actuals known', predicted === 0 ? '–' : html`${percentText(known / predicted)} <span class="muted">of ${formatCount(predicted)} in ${formatCount(coverage.length)} days</span>`)}
  </dl>`;
}

function windowOf({ windowEnd }: { readonly windowEnd: number }, over: string): Window {
  return { start: windowEnd - durationMs(over), end: windowEnd };
}

/** Until when actuals may change the numbers of a window. */
function changesUntil(
  { windowEnd }: { readonly windowEnd: number },
  monitor: LoadedModel['monitor'],
): number | undefined {
  return monitor && windowEnd + durationMs(monitor.performance.actualsHorizon);
}

/** The champion; where none was promoted, the version that has made the newest prediction. */
function servingVersion(
  versions: LoadedModel['versions'],
  { servedBy }: LoadedModel['arrived'],
): Parameters<typeof championText>[0] | null {
  const champion = versions.find(({ stage }) => stage === 'champion');
  if (champion === undefined) return servedBy === null ? null : { version: servedBy };
  const { version, promotedAt } = champion;
  return { version, ...(promotedAt !== null && { since: promotedAt }) };
}

/** The newest window, where it is not known yet how good the model was in it. */
function waiting({ waiting, monitor }: LoadedModel, now: number): Part {
  if (waiting === null) return undefined;
  const { window, outcomes, predictions, gate, reason } = waiting;
  const age = monitor === undefined ? '24h' : judgedFromAge(monitor.performance);
  return definition(
    'Newest window',
    html`${windowText(formatWindow(window))}
      <span class="muted"
        >${formatCount(outcomes)} of ${formatCount(predictions)} actuals known;
        ${unjudgedText({ end: window.end, gate, reason }, { age }, now)}</span
      >`,
  );
}

function alerts({ alerts }: LoadedModel): Part {
  if (alerts.length === 0) return html`<p class="muted">No alert is open.</p>`;
  return html`<section aria-labelledby="alerts">
    <h2 id="alerts">Open alerts</h2>
    <ul class="plain-list">
      ${alerts.map(
        ({ alertKey, severity, summary, now: known = summary, openedAsOf, ...standing }) =>
          html`<li>
            ${severityMark(severity)}
            <a href="${alertPath(alertKey)}"><bdi>${shorten(visibleName(alertKey), 120)}</bdi></a>
            ${shorten(known, 200)}
            <span class="muted">since ${instantText(openedAsOf)}; ${alertStateText(standing)}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}

const spanWords: Readonly<Record<Span, string>> = {
  30: '30 days',
  90: '90 days',
  365: 'a year',
  730: '2 years',
};

function choices(loaded: LoadedModel, { path }: View): Html {
  const { asked, performance } = loaded;
  const chip = (words: string, to: string, isCurrent: boolean): Html =>
    html`<li><a href="${to}" ${isCurrent && html`aria-current="true"`}>${words}</a></li>`;
  return html`<div class="filters">
    <ul class="chips" aria-label="How far back">
      ${spans.map((days) => chip(spanWords[days], withQuery(path, { days: String(days) }), days === asked.days))}
    </ul>
    <ul class="chips" aria-label="Metric">
      ${performance!.metrics.map((metric) => chip(metricLabel(metric), withQuery(path, { metric }), metric === performance!.metric))}
    </ul>
  </div>`;
}

function performance(loaded: LoadedModel, view: View): Html {
  const { model, asked, performance, monitor, arrived } = loaded;
  if (performance === null) {
    return section(
      'performance',
      'Performance',
      emptyState({
        title: 'No window has been evaluated yet.',
        why: 'A window is evaluated when enough of its actuals have come.',
        next: nextSteps('performance-evaluation', arrived, 'actuals', view.now).map(codeText),
      }),
    );
  }
  const { metric, over, points, every, restated } = performance;
  const trend = trendOf(performance, monitor);
  const known = points.filter(({ value }) => value !== null).length;
  return section('performance', `${metricLabel(metric)} through time`, [
    choices(loaded, view),
    known < 2
      ? html`<p class="muted">There are no two windows of ${windowWords(over)} of which it is known.</p>`
      : [
          trendChart(trend, metric),
          downloads(metricLabel(metric), `${modelPath(model)}/performance`, {
            days: String(asked.days),
            metric,
          }),
        ],
    html`<p class="muted order">
      ${metricTable[metric].direction === 'higher-is-better' ? 'Higher' : 'Lower'} is
      better.${every > 1 && ` One of ${every} windows is drawn; the CSV has all of them.`}
    </p>`,
    restatements(restated, loaded),
  ]);
}

function restatements(restated: readonly RestatedWindow[], { performance }: LoadedModel): Html {
  const { metric, over } = performance!;
  if (restated.length === 0)
    return html`<p class="muted">None of these windows has been restated in the last 30 days.</p>`;
  const moved = (from: number | null, to: number | null, text: (value: number) => string): string =>
    `${from === null ? '–' : text(from)} → ${to === null ? '–' : text(to)}`;
  return html`<details>
    <summary>
      Windows of ${windowWords(over)} that were restated as actuals came: the newest
      ${formatCount(restated.length)}
    </summary>
    <table class="metrics">
      <thead>
        <tr>
          <th scope="col">Window up to</th>
          <th scope="col">${metricLabel(metric)}</th>
          <th scope="col">Coverage</th>
          <th scope="col">Revisions</th>
        </tr>
      </thead>
      <tbody>
        ${restated.map(
          ({ windowEnd, from, to, coverageFrom, coverageTo, revisions }) =>
            html`<tr>
              <th scope="row">${instantText(formatInstant(windowEnd))}</th>
              <td>${moved(from, to, (value) => shortMetric(metric, value))}</td>
              <td>${moved(coverageFrom, coverageTo, percentText)}</td>
              <td>${formatCount(revisions)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

function segments({ performance, monitor }: LoadedModel): Part {
  const newest = performance?.points.at(-1);
  if (performance === null || newest === undefined || performance.segments.length === 0)
    return (
      (monitor?.segments.length ?? 0) > 0 &&
      section('segments', 'Segments', html`<p class="muted">No segment has been evaluated yet.</p>`)
    );
  const { metric, segments } = performance;
  const isLowBetter = metricTable[metric].direction !== 'higher-is-better';
  const valueOf = (of: (typeof segments)[number]): number =>
    'value' in of.value ? of.value.value : Number.NaN;
  const sorted = segments.toSorted(
    (a, b) => (isLowBetter ? valueOf(b) - valueOf(a) : valueOf(a) - valueOf(b)) || 0,
  );
  const whole =
    newest.value === null
      ? { notComputable: 'not computable' }
      : { value: newest.value, ...(newest.interval !== null && { interval: newest.interval }) };
  return segmentsSection({ segments: { metric, whole, segments: sorted } });
}

function coverage({ model, asked, coverage }: LoadedModel): Html {
  if (coverage.length === 0) {
    return section(
      'coverage',
      'Label coverage',
      html`<p class="muted">No predictions have been summarised yet.</p>`,
    );
  }
  const label = `Share of each day's predictions whose actual is known, ${coverage.length} days`;
  const days = coverage.map((day) => ({ name: dayText(day.start), share: coverageOf(day) }));
  return section('coverage', 'Label coverage', [
    html`<figure class="wide-figure">
      <figcaption><b>Share of each day's predictions whose actual is known</b></figcaption>
      <div class="on-desk">
        ${drawChart(coverageOption(days), { id: 'coverage-w', label, width: 960, height: 170 })}
      </div>
      <div class="on-phone">
        ${drawChart(coverageOption(days.slice(-30)), { id: 'coverage-n', label, width: chartWidth, height: 170 })}
      </div>
    </figure>`,
    downloads('Label coverage', `${modelPath(model)}/coverage`, { days: String(asked.days) }),
  ]);
}

function versions({ versions }: LoadedModel): Part {
  if (versions.length === 0) return undefined;
  return section(
    'versions',
    'Versions',
    html`<table class="cards">
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">Stage</th>
          <th scope="col">Promoted</th>
        </tr>
      </thead>
      <tbody>
        ${versions.map(
          ({ version, stage, promotedAt }) =>
            html`<tr>
              <th scope="row"><bdi>${shorten(visibleName(version), 60)}</bdi></th>
              <td data-name="Stage">${stage}</td>
              <td data-name="Promoted">
                ${promotedAt === null ? '–' : instantText(formatInstant(promotedAt))}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}
