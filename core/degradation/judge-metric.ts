/** A metric against a limit or a baseline. */

import { countText, distinctTexts, metricTable, metricText } from '../performance/metrics.ts';
import { dayMs, durationMs, formatWindow, type Window } from '../window.ts';
import { baselineText, baselineWindow } from './baseline.ts';
import { durationText } from './duration-text.ts';
import type { DegradationEvidence } from './evidence.ts';
import type { Judgement, Measurement } from './judgement.ts';
import { unjudgeable } from './judgement.ts';
import type { Measured } from './measure.ts';
import { measure, newestMeasured } from './measure.ts';
import type { MetricCondition } from './rules.ts';
import type { Standing, Uncertain } from './standing.ts';
import { badSide, standing, worsened } from './standing.ts';
import { dayText, windowText } from './window-text.ts';

/** Is a metric beyond its limit in the newest window that can be judged, or in enough of the newest ones? */
export function judgeMetric(condition: MetricCondition, evidence: DegradationEvidence): Judgement {
  const { window, measured } = newestMeasured(condition.over, evidence, (window) =>
    measure(condition, window, evidence),
  );
  if (condition.windows !== undefined)
    return judgeWindows(condition, condition.windows, evidence, window.end);
  return judgeWindow(condition, window, measured, evidence).judgement;
}

interface WindowJudgement {
  readonly judgement: Judgement;
  readonly text: string;
}

function judgeWindow(
  condition: MetricCondition,
  window: Window,
  measured: Measured,
  evidence: DegradationEvidence,
): WindowJudgement {
  const { metric, certainty = 'interval' } = condition;
  const label = labelOf(condition);
  const what =
    window.end === evidence.day
      ? `${label} over ${durationText(condition.over)}`
      : `${label} of ${windowText(window)}`;
  const { value, interval, basis } = measured;
  const shown = { ...measurementOf(condition, window, measured), ...limitPart(condition) };
  const cannot = (why: string, measurement: Measurement): WindowJudgement => ({
    judgement: unjudgeable(what, why, measurement),
    text: 'not judged',
  });
  if ('notComputable' in value) return cannot(value.notComputable, shown);
  if (metricTable[metric].direction === 'none') return cannot('neither more nor less of it is better', shown);
  const limit = limitOf(condition, window, evidence);
  if ('missing' in limit) return cannot(limit.missing, shown);
  const measurement: Measurement = { ...shown, limit: limit.text };
  const result = standing(metric, { value: value.value, interval }, limit, certainty);
  const partial = result === 'beyond' ? undefined : servedTooShort(window, evidence);
  if (partial !== undefined) return cannot(partial, measurement);
  const [valueText] = distinctTexts(metric, value.value, limit.value);
  const held = limit.words(value.value, result);
  return {
    judgement: {
      answer: result === 'beyond' ? 'fires' : 'fine',
      reason: `${what} ${valueText} ${held} (${basis})`,
      measured: [measurement],
    },
    text: `${dayText(window.end - dayMs)} ${valueText}`,
  };
}

/** Half a window does not show that a version is good; that it is bad may show sooner. */
function servedTooShort(window: Window, { version, servedSince }: DegradationEvidence): string | undefined {
  if (servedSince === undefined || servedSince <= (window.start + window.end) / 2) return undefined;
  const length = countText(Math.round((window.end - window.start) / dayMs), 'day');
  return `version ${version} has served since ${dayText(servedSince)} only, less than half of the ${length}`;
}

function labelOf({ metric, aggregate }: MetricCondition): string {
  return `${aggregate === 'daily-mean' ? 'daily mean ' : ''}${metricTable[metric].label}`;
}

function measurementOf(condition: MetricCondition, window: Window, measured: Measured): Measurement {
  const { value, interval, sampleSize, of } = measured;
  return {
    label: labelOf(condition),
    metric: condition.metric,
    over: condition.over,
    window: formatWindow(window),
    value,
    text: 'value' in value ? metricText(condition.metric, value.value) : value.notComputable,
    ...(interval && { interval }),
    sampleSize,
    ...(of?.coverage !== undefined && { coverage: of.coverage }),
    ...(of && { version: of.version, revision: of.revision, state: of.state }),
  };
}

interface Limit extends Uncertain {
  readonly text: string;
  readonly words: (value: number, result: Standing) => string;
}

function limitPart({ metric, limit }: MetricCondition): { limit?: string } {
  return limit === undefined ? {} : { limit: metricText(metric, limit, 15) };
}

function limitOf(
  condition: MetricCondition,
  window: Window,
  evidence: DegradationEvidence,
): Limit | { readonly missing: string } {
  const { metric, limit, worseThan } = condition;
  if (worseThan === undefined) {
    const fixed = limit ?? 0;
    return {
      value: fixed,
      text: metricText(metric, fixed, 15),
      words: (value, result) => {
        const [, limitText] = distinctTexts(metric, value, fixed);
        return said(result, `${badSide(metric)} ${limitText}`);
      },
    };
  }
  const { baseline, by } = worseThan;
  const validated = baseline === 'validation' ? evidence.validated?.metrics[metric] : undefined;
  if (validated !== undefined) return worseningLimit(condition.metric, validated, by, baselineText(baseline));
  const before = baselineWindow(baseline, window, evidence.reference);
  const name = baselineText(baseline === 'validation' ? 'reference' : baseline);
  if (before === undefined) return { missing: `${name} has no rows of its own` };
  const was = measure(condition, before, evidence, 'most outcomes');
  if ('notComputable' in was.value) {
    const why =
      was.of === undefined && condition.aggregate === 'pooled'
        ? 'it is not evaluated'
        : was.value.notComputable;
    return { missing: `there is no baseline in ${name}, to ${dayText(before.end - dayMs)}: ${why}` };
  }
  return worseningLimit(metric, { value: was.value.value, interval: was.interval }, by, name);
}

function worseningLimit(
  metric: MetricCondition['metric'],
  { value: old, interval }: Uncertain,
  by: string | number,
  name: string,
): Limit {
  const ends = interval?.map((end) => worsened(metric, end, by)).sort((a, b) => a - b);
  const step = typeof by === 'number' ? metricText(metric, by, 15) : by;
  const text = `more than ${step} worse than the ${metricText(metric, old)} of ${name}`;
  return {
    value: worsened(metric, old, by),
    interval: ends && [ends[0] ?? old, ends[1] ?? old],
    text,
    words: (_, result) => said(result, text),
  };
}

function said(result: Standing, limit: string): string {
  if (result === 'unsure') return `is ${limit}, but not surely`;
  return `is ${result === 'within' ? 'not ' : ''}${limit}`;
}

/** Beyond the limit in so many of so many windows, the newest of which ends at `newestEnd`. */
function judgeWindows(
  condition: MetricCondition,
  windows: string,
  evidence: DegradationEvidence,
  newestEnd: number,
): Judgement {
  const [needed = 1, all = 1] = windows.split(' of ').map(Number);
  const length = durationMs(condition.over);
  const step = durationMs(condition.every ?? condition.over);
  const judged = Array.from({ length: all }, (_, i) => {
    const window = { start: newestEnd - i * step - length, end: newestEnd - i * step };
    return { window, ...judgeWindow(condition, window, measure(condition, window, evidence), evidence) };
  });
  const measured = judged.flatMap(({ judgement }) => judgement.measured);
  const fires = judged.filter(({ judgement }) => judgement.answer === 'fires');
  const open = judged.filter(({ judgement }) => judgement.answer === 'unjudgeable');
  const what = `${labelOf(condition)} over ${durationText(condition.over)} in ${needed} of ${all} windows`;
  const known = all - open.length;
  if (fires.length < needed && fires.length + open.length >= needed) {
    const why = `${known} of them could be evaluated, ${fires.length} of these beyond the limit`;
    return { ...unjudgeable(what, why), measured };
  }
  const limit = measured.find(({ value, limit }) => 'value' in value && limit !== undefined)?.limit ?? '';
  const side = condition.worseThan === undefined ? `${badSide(condition.metric)} ` : '';
  const when = fires.length === 0 ? '' : `: ${fires.map(({ text }) => text).join(', ')}`;
  const rest = open.length === 0 ? '' : `; ${open.length} could not be judged`;
  return {
    answer: fires.length >= needed ? 'fires' : 'fine',
    reason: `${labelOf(condition)} over ${durationText(condition.over)} was ${side}${limit} in ${fires.length} of the last ${countText(all, 'window')}, ${needed} ${needed === 1 ? 'is' : 'are'} enough${when}${rest}`,
    measured,
  };
}
