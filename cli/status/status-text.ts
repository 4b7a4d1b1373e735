/** The status of models as people read it. */

import Table from 'cli-table3';

import { measurementName } from '../../core/degradation/facts.ts';
import type { Measurement } from '../../core/degradation/judgement.ts';
import { ruleText } from '../../core/degradation/rule-text.ts';
import { windowText } from '../../core/degradation/window-text.ts';
import { countText, metricTable, metricText, percentText } from '../../core/performance/metrics.ts';
import type { Level } from '../../core/verdict.ts';
import { formatDay, formatMinute, parseInstant, parseWindow } from '../../core/window.ts';
import { colors, plain } from '../compare/column-table.ts';
import type { Screen } from '../paint.ts';
import type { ModelStatus, RuleStatus } from './read-status.ts';
import type { StoredPerformance } from './store.ts';

/** One row a model. */
export function statusTable(models: readonly ModelStatus[], { paint }: Screen): string {
  const table = new Table({
    ...plain,
    head: ['model', 'verdict', 'champion', 'performance', 'coverage', 'drift', 'open alerts'],
  });
  for (const status of models) {
    const { performance, drift } = status;
    const since = status.degradedSince === undefined ? '' : ` since ${formatDay(status.degradedSince)}`;
    table.push([
      status.model,
      `${levelText(status.verdict, paint)}${since}${status.pause === undefined ? '' : ', paused'}`,
      status.champion?.version ?? '-',
      performance === null ? '-' : valueText(status, performance),
      typeof performance?.coverage === 'number' ? percentText(performance.coverage) : '-',
      drift === null ? '-' : levelText(drift.verdict, paint),
      openText(status),
    ]);
  }
  return table.toString();
}

/** One model in a few lines; `explain` adds each rule with its evidence. */
export function statusText(status: ModelStatus, detail: 'short' | 'explain', screen: Screen): string {
  const { paint } = screen;
  const since = status.degradedSince === undefined ? '' : ` since ${formatDay(status.degradedSince)}`;
  const { champion, drift } = status;
  const lines: (readonly [string, string])[] = [
    ['verdict', `${levelText(status.verdict, paint)}${since}: ${status.reason}`],
    ['checked', status.checked === undefined ? 'never' : `for ${formatDay(status.checked)}`],
    ['champion', champion === null ? 'none' : championText(champion)],
    ['performance', performanceText(status)],
    ...estimateLines(status),
    [
      'drift',
      drift === null
        ? 'no drift run yet'
        : `${levelText(drift.verdict, paint)}, ${windowText(drift.window)}: ${drift.reason}`,
    ],
    ...alertLines(status),
    ...(status.pause === undefined ? [] : [['schedules', pauseText(status.model, status.pause)] as const]),
    ...status.restatements.map(({ numbers }): [string, string] => ['restated', numbers.join('; ')]),
  ];
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  const text = [
    paint('bold', status.model),
    ...lines.map(([name, value]) => `  ${name.padEnd(width)}${value}`),
  ];
  return [...text, ...(detail === 'explain' ? explainLines(status.rules, screen) : [])].join('\n');
}

function pauseText(model: string, { since, by, note }: NonNullable<ModelStatus['pause']>): string {
  const why = note === undefined ? '' : `: ${note}`;
  return `paused since ${formatMinute(since)} UTC by ${by}${why}; tidewatch resume ${model}`;
}

function levelText(level: Level, paint: Screen['paint']): string {
  return paint(colors[level], level);
}

function championText({ version, since }: NonNullable<ModelStatus['champion']>): string {
  return since === undefined ? version : `${version}, since ${formatDay(since)}`;
}

/** `3, 1 of them taken` */
function openText({ alerts }: ModelStatus): string {
  const taken = alerts.filter(({ state }) => state !== 'open').length;
  return taken === 0 ? String(alerts.length) : `${alerts.length}, ${taken} of them taken`;
}

function alertLines({ alerts }: ModelStatus): [string, string][] {
  if (alerts.length === 0) return [['alerts', 'none open']];
  return alerts.map(({ alertKey, severity, state, by, openedAsOf, summary, now, observedAsOf }) => {
    const [opened, seen] = [openedAsOf, observedAsOf].map((instant) => formatDay(parseInstant(instant)));
    const taken = state === 'open' ? '' : ` (${state} by ${by ?? 'nobody'})`;
    return [
      'alert',
      `${alertKey}, ${severity}, open since ${opened}${taken}; as of ${seen}: ${now ?? summary}`,
    ];
  });
}

function estimateLines(status: ModelStatus): [string, string][] {
  const { estimate, metric } = status;
  if (estimate === null) return [];
  const { window, rows, gap } = estimate;
  const side = (gap ?? 0) < 0 ? 'lower' : 'higher';
  const realized = gap === null ? '' : `; what was realized is ${metricText(metric, Math.abs(gap))} ${side}`;
  return [
    [
      'estimated',
      `${valueText(status, estimate)}, ${windowText(window)} (${countText(rows, 'row')})${realized}`,
    ],
  ];
}

function valueText(
  { metric }: ModelStatus,
  { value, interval }: Pick<StoredPerformance, 'value' | 'interval'>,
): string {
  const { label } = metricTable[metric];
  if (value === null) return `${label} not computable`;
  const ends =
    interval === undefined
      ? ''
      : ` (${metricText(metric, interval[0])} to ${metricText(metric, interval[1])})`;
  return `${label} ${metricText(metric, value)}${ends}`;
}

function performanceText(status: ModelStatus): string {
  const { performance } = status;
  if (performance === null) return 'not evaluated yet';
  const { window, outcomes, coverage, state, revision, verdict, reason } = performance;
  const facts = [
    countText(outcomes, 'outcome'),
    ...(coverage === null ? [] : [`coverage ${percentText(coverage)}`]),
    state,
    `revision ${revision}`,
  ];
  const doubt = verdict === 'insufficient-data' ? `; not judged: ${reason}` : '';
  return `${valueText(status, performance)}, ${windowText(window)} (${facts.join(', ')})${doubt}`;
}

function explainLines(rules: readonly RuleStatus[], { paint }: Screen): string[] {
  if (rules.length === 0) return ['', '  no rule was judged yet'];
  return rules.flatMap((status) => {
    const { rule, level, firingSince, reason, measured } = status;
    const said = {
      ok: 'does not fire',
      warning: 'fires',
      critical: 'fires',
      'insufficient-data': 'cannot be judged',
    }[level];
    const since = firingSince === undefined ? '' : ` since ${formatDay(firingSince)}`;
    return [
      '',
      `  ${paint('bold', ruleText(rule))} (${rule.level})`,
      `    ${paint(colors[level], said)}${since}: ${reason}`,
      ...measured.map((measurement) => `    ${paint('dim', '-')} ${measurementText(measurement)}`),
    ];
  });
}

function measurementText(measurement: Measurement): string {
  const { value, text, interval, metric, limit, sampleSize, over, coverage } = measurement;
  const window = measurement.window === undefined ? '' : `, ${windowText(parseWindow(measurement.window))}`;
  const ends =
    interval === undefined || metric === undefined
      ? ''
      : ` (95% interval ${metricText(metric, interval[0])} to ${metricText(metric, interval[1])})`;
  const facts = [
    'notComputable' in value ? `no value: ${text}` : `${text}${ends}`,
    ...(limit === undefined ? [] : [`limit ${limit}`]),
    countText(sampleSize, over === undefined ? 'row' : 'outcome'),
    ...(coverage === undefined ? [] : [`coverage ${percentText(coverage)}`]),
    ...(measurement.version === undefined ? [] : [`version ${measurement.version}`]),
    ...(measurement.revision === undefined ? [] : [`revision ${measurement.revision}`]),
    ...(measurement.state === undefined ? [] : [measurement.state]),
  ];
  return `${measurementName(measurement)}${window}: ${facts.join(', ')}`;
}
