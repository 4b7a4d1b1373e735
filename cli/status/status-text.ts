/** The status of models as people read it. */

import Table from 'cli-table3';

import { columnsText } from '../../core/degradation/headline.ts';
import { measurementName } from '../../core/degradation/facts.ts';
import type { Measurement } from '../../core/degradation/judgement.ts';
import { ruleText } from '../../core/degradation/rule-text.ts';
import { windowText } from '../../core/degradation/window-text.ts';
import { countText, metricTable, metricText, percentText } from '../../core/performance/metrics.ts';
import { unjudgedText } from '../../core/performance/gate.ts';
import { stateText } from '../../core/performance/state-text.ts';
import { pausesText, pauseState, type PauseState } from '../../core/process/pauses.ts';
import { nextSteps } from '../../core/process/next-steps.ts';
import { championText } from '../../core/retraining/retraining-words.ts';
import type { Level } from '../../core/verdict.ts';
import { formatDay, parseInstant, parseWindow } from '../../core/window.ts';
import { colors, plain } from '../compare/column-table.ts';
import type { Screen } from '../paint.ts';
import type { ModelStatus } from './read-status.ts';
import type { Finding, StoredPerformance } from './store.ts';

/** One row a model: the verdict is its headline, whatever it is about. */
export function statusTable(models: readonly ModelStatus[], { paint }: Screen): string {
  const table = new Table({
    ...plain,
    head: ['model', 'verdict', 'champion', 'performance', 'coverage', 'drift', 'open alerts'],
  });
  for (const status of models) {
    const { performance, drift } = status;
    table.push([
      status.model,
      `${levelText(status.headline.level, paint)}${sinceText(status)}${pauseWords[pauseState(status.pause, status.schedules)]}`,
      status.champion?.version ?? '-',
      performance === null ? '-' : valueText(status, performance),
      typeof performance?.coverage === 'number' ? percentText(performance.coverage) : '-',
      drift === null ? '-' : driftCell(drift, paint),
      openText(status),
    ]);
  }
  return table.toString();
}

/**
 * One model in a few lines; `explain` adds the checks and columns that are not all right, and each rule with its evidence.
 *
 * @param now the wall clock
 */
export function statusText(
  status: ModelStatus,
  detail: 'short' | 'explain',
  screen: Screen,
  now: number,
): string {
  const { paint } = screen;
  const { champion, headline } = status;
  const lines: (readonly [string, string])[] = [
    ['verdict', `${levelText(headline.level, paint)}${sinceText(status)}: ${headline.reasons.join('; ')}`],
    ['checked', checkedText(status, now)],
    ['champion', champion === null ? 'none: nothing has been predicted yet' : championText(champion)],
    ...performanceLines(status, now),
    ...estimateLines(status),
    ...driftLines(status, screen, now),
    ...alertLines(status),
    ...scheduleLines(status),
    ...status.restatements.map(({ numbers }): [string, string] => ['restated', numbers.join('; ')]),
  ];
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  const text = [
    paint('bold', status.model),
    ...lines.map(([name, value]) => `  ${name.padEnd(width)}${value}`),
  ];
  return [...text, ...(detail === 'explain' ? explainLines(status, screen, now) : [])].join('\n');
}

const pauseWords: Readonly<Record<PauseState, string>> = {
  running: '',
  unknown: '',
  paused: ', paused',
  'partly paused': ', partly paused',
};

/** What to know below a table of several models: of how many it is not known whether somebody has paused them, and why. */
export function scheduleNote(models: readonly ModelStatus[]): string | undefined {
  for (const { schedules } of models)
    if ('unknown' in schedules)
      return `whether schedules are paused by hand is not known: ${schedules.unknown}`;
  return undefined;
}

function scheduleLines({ model, pause, schedules }: ModelStatus): [string, string][] {
  const text = pausesText(model, pause, schedules);
  return text === undefined ? [] : [['schedules', text]];
}

function levelText(level: Level, paint: Screen['paint']): string {
  return paint(colors[level], level);
}

/** Since when the model has been degraded: where something else is worse, that is not what the headline is about. */
function sinceText({ headline, verdict, degradedSince }: ModelStatus): string {
  return degradedSince === undefined || headline.level !== verdict
    ? ''
    : ` since ${formatDay(degradedSince)}`;
}

function checkedText({ checked, verdict, reason, headline, arrived }: ModelStatus, now: number): string {
  if (checked === undefined)
    return `never. ${nextSteps('degradation-check', arrived, 'actuals', now).join('. ')}`;
  const is = headline.reasons.includes(reason) ? '' : `: ${verdict}: ${reason}`;
  return `for ${formatDay(checked)}${is}`;
}

function driftCell({ level, columns }: NonNullable<ModelStatus['drift']>, paint: Screen['paint']): string {
  const counts = (['critical', 'warning'] as const).flatMap((each) =>
    columns[each].length === 0
      ? []
      : [paint(colors[each], `${countText(columns[each].length, 'column')} ${each}`)],
  );
  return [levelText(level, paint), ...counts].join(', ');
}

function driftLines({ drift, arrived }: ModelStatus, { paint }: Screen, now: number): [string, string][] {
  if (drift === null)
    return [
      ['drift', `no drift run yet. ${nextSteps('drift-detection', arrived, 'predictions', now).join('. ')}`],
    ];
  const { level, reason, window, columns, quality, qualitySince } = drift;
  const since = qualitySince === undefined ? '' : ` since ${formatDay(qualitySince)}`;
  const alone = (['critical', 'warning'] as const)
    .map((each) => columnsText(columns[each], each))
    .filter((text) => text !== '');
  return [
    ['drift', [`${levelText(level, paint)}, ${windowText(window)}: ${reason}`, ...alone].join('; ')],
    ...(quality === null
      ? []
      : [
          ['data quality', `${levelText(quality.level, paint)}${since}: ${quality.reason}`] as [
            string,
            string,
          ],
        ]),
  ];
}

/** `3, 1 of them acknowledged or snoozed` */
function openText({ alerts }: ModelStatus): string {
  const taken = alerts.filter(({ state }) => state !== 'open').length;
  return taken === 0
    ? String(alerts.length)
    : `${alerts.length}, ${taken === alerts.length ? '' : `${taken} of them `}acknowledged or snoozed`;
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

function performanceLines(status: ModelStatus, now: number): [string, string][] {
  const { performance, waiting, arrived } = status;
  if (performance === null) {
    const steps = nextSteps('performance-evaluation', arrived, 'actuals', now).join('. ');
    return [['performance', `not evaluated yet. ${steps}`]];
  }
  if (waiting === null) return [['performance', performanceText(status, performance)]];
  const { window, outcomes, predictions, gate, reason, age } = waiting;
  const why = unjudgedText({ end: window.end, gate, reason }, { age }, now);
  const known = `${outcomes} of ${countText(predictions, 'prediction')} known`;
  const newest = `${windowText(window)} (${known}) ${why}`;
  return performance.verdict === 'insufficient-data'
    ? [['performance', `${valueText(status, performance)}, ${newest}`]]
    : [
        ['performance', performanceText(status, performance)],
        ['newest', newest],
      ];
}

function performanceText(status: ModelStatus, performance: StoredPerformance): string {
  const { window, outcomes, revision, verdict, reason } = performance;
  const facts = [
    countText(outcomes, 'outcome'),
    stateText(performance, status.changesUntil),
    `revision ${revision}`,
  ];
  const doubt = verdict === 'insufficient-data' ? `; not judged: ${reason}` : '';
  return `${valueText(status, performance)}, ${windowText(window)} (${facts.join(', ')})${doubt}`;
}

/** What is not all right in the newest comparison, and each rule with its evidence. */
function explainLines(status: ModelStatus, screen: Screen, now: number): string[] {
  const { columns = [], checks = [] } = status.drift?.findings ?? {};
  return [
    ...findingLines('data quality', checks, screen),
    ...findingLines('columns against the reference', columns, screen),
    ...ruleLines(status, screen, now),
  ];
}

function findingLines(title: string, findings: readonly Finding[], { paint }: Screen): string[] {
  if (findings.length === 0) return [];
  const words = ({ level, name, reason }: Finding): string => {
    const said = level === 'insufficient-data' ? 'not judged' : level;
    // Reasons about a column begin with its name.
    const named = reason.startsWith(`${name}: `) ? reason : `${name}: ${reason}`;
    return `    ${paint(colors[level], said)}: ${named}`;
  };
  return ['', `  ${paint('bold', title)}`, ...findings.map(words)];
}

function ruleLines(
  { rules, arrived, checked, reason }: ModelStatus,
  { paint }: Screen,
  now: number,
): string[] {
  if (rules.length === 0 && checked !== undefined) return ['', `  ${reason}`];
  if (rules.length === 0) {
    const steps = nextSteps('degradation-check', arrived, 'actuals', now).join('. ');
    return ['', `  no rule was judged yet. ${steps}`];
  }
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
