/** A rule in words, as lists of rules have it. */

import { metricTable, metricText, percentText } from '../performance/metrics.ts';
import { baselineText } from './baseline.ts';
import { durationText } from './duration-text.ts';
import type { Condition, MetricCondition, QualityCondition, TrendCondition } from './rules.ts';
import { badSide } from './standing.ts';

/**
 * When does a rule fire, in words? After its name, where it has one.
 *
 * @example ruleText({ metric: 'rmse', over: '1d', aggregate: 'pooled', limit: 75, windows: '3 of 5', name: 'too wrong' })
 * // 'too wrong: RMSE over 1 day above 75 in 3 of 5 windows'
 */
export function ruleText(rule: Condition): string {
  return rule.name === undefined ? conditionText(rule) : `${rule.name}: ${conditionText(rule)}`;
}

function conditionText(rule: Condition): string {
  if ('metric' in rule) return metricRuleText(rule);
  if ('trend' in rule) return trendText(rule);
  if ('quality' in rule) return qualityText(rule);
  if ('all' in rule) return partsText(rule.all, ' and ');
  if ('any' in rule) return partsText(rule.any, ' or ');
  if ('not' in rule) return `not (${ruleText(rule.not)})`;
  if (rule.drift === 'dataset') return `more than ${percentText(rule.share)} of the features drifted`;
  return `drift of ${rule.feature ?? `the ${rule.drift}`} at least ${rule.atLeast}`;
}

function metricRuleText(rule: MetricCondition): string {
  const { metric, aggregate, over, limit, worseThan, certainty, windows, every } = rule;
  const { label } = metricTable[metric];
  const name = `${aggregate === 'daily-mean' ? 'daily mean ' : ''}${label} over ${durationText(over)}`;
  const held =
    worseThan === undefined
      ? `${badSide(metric)} ${metricText(metric, limit ?? 0, 15)}`
      : `more than ${typeof worseThan.by === 'number' ? metricText(metric, worseThan.by, 15) : worseThan.by} worse than ${baselineText(worseThan.baseline)}`;
  const often = windows === undefined ? '' : ` in ${windows} windows`;
  const step = every === undefined ? '' : `, one every ${durationText(every)}`;
  return `${name} ${held}${often}${step}${certaintyText(certainty)}${minimaText(rule)}`;
}

function trendText(rule: TrendCondition): string {
  const { trend: metric, over, perDay, certainty } = rule;
  const { label } = metricTable[metric];
  return `${label} worse by more than ${metricText(metric, perDay, 15)} a day over ${durationText(over)}${certaintyText(certainty)}${minimaText(rule)}`;
}

function qualityText({ quality, feature, atLeast }: QualityCondition): string {
  const check = quality === 'any' ? 'data quality' : `data quality, ${quality}`;
  return `${check}${feature === undefined ? '' : ` of ${feature}`} at least ${atLeast}`;
}

function certaintyText(certainty: MetricCondition['certainty']): string {
  return certainty === 'point' ? ', sure or not' : '';
}

function minimaText({
  minimumOutcomes,
  minimumCoverage,
}: Pick<MetricCondition, 'minimumOutcomes' | 'minimumCoverage'>): string {
  const outcomes = minimumOutcomes === undefined ? '' : `, from ${minimumOutcomes} outcomes on`;
  const coverage = minimumCoverage === undefined ? '' : `, from coverage ${percentText(minimumCoverage)} on`;
  return `${outcomes}${coverage}`;
}

function partsText(parts: readonly Condition[], by: string): string {
  return parts
    .map((part) => ('all' in part || 'any' in part ? `(${ruleText(part)})` : ruleText(part)))
    .join(by);
}
