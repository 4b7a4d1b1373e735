/** The report in a few words: for its header, its title and the subject of its e-mail. */

import { formatShare } from '../../core/number-text.ts';
import { countText } from '../../core/performance/metrics.ts';
import type { Level } from '../../core/verdict.ts';
import { parseInstant, dayMs } from '../../core/window.ts';
import { instantText } from '../instant-text.ts';
import { formatCount } from '../numbers.ts';
import { sinceInWords } from '../since.ts';
import { differenceWords, measuredText, metricLabel } from './metric-words.ts';
import type { PerformanceReport, ReportedWindow } from './performance-report.ts';

const headlines: Readonly<Record<Level, string>> = {
  critical: 'Degraded',
  warning: 'Degrading',
  ok: 'Not degraded',
  'insufficient-data': 'Not judged',
};

/** @example 'Degraded' */
export function headline({ verdict }: Pick<PerformanceReport, 'verdict'>): string {
  return headlines[verdict.level];
}

/** @example ', since 2011-05-13', ', new', or nothing */
export function sinceWords({ since }: Pick<PerformanceReport, 'since'>): string {
  if (since === undefined) return '';
  return ` ${sinceInWords(since)}${since.windows > 1 ? ` (${countText(since.windows, 'check')})` : ''}`;
}

/**
 * The main metric in one sentence.
 *
 * @example 'RMSE 80.1 (73.2 to 87.4), 31% worse than the reference (61.3)'
 */
export function mainSentence({ metric, metrics }: Pick<PerformanceReport, 'metric' | 'metrics'>): string {
  const row = metrics.find((candidate) => candidate.metric === metric);
  const label = metricLabel(metric);
  if (row === undefined) return `${label} is not known`;
  const { current, reference } = row;
  const text = `${label} ${measuredText(metric, current)}`;
  if ('notComputable' in current) return text;
  if ('notComputable' in reference) return `${text}; the reference has none (${reference.notComputable})`;
  const [difference, chance] = differenceWords(metric, current, reference).split(', ');
  const against =
    difference === '' || difference === 'the same' ? 'the reference has' : `${difference} than the reference`;
  return `${text}, ${against} ${measuredText(metric, { value: reference.value })}${chance === undefined ? '' : ', within chance'}`;
}

/** @example '2011-05-13 to 2011-05-20' */
export function windowText({ start, end }: Pick<ReportedWindow, 'start' | 'end'>): string {
  return `${instantText(start)} to ${instantText(end)}`;
}

/** @example 'week', 'day', '30 days', '5 hours' */
export function lengthText({ start, end }: Pick<ReportedWindow, 'start' | 'end'>): string {
  const days = (parseInstant(end) - parseInstant(start)) / dayMs;
  if (days === 7) return 'week';
  if (days === 1) return 'day';
  return Number.isInteger(days) ? `${days} days` : countText(Math.round(24 * days), 'hour');
}

/** @example '148 outcomes of 168 predictions (88%)' */
export function outcomesText({ outcomes, predictions }: ReportedWindow): string {
  const share = predictions === 0 ? '' : ` (${formatShare(Math.min(1, outcomes / predictions))})`;
  return `${formatCount(outcomes)} ${outcomes === 1 ? 'outcome' : 'outcomes'} of ${formatCount(predictions)} ${predictions === 1 ? 'prediction' : 'predictions'}${share}`;
}
