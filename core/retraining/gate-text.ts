/** Gates in words. */

import { distinctTexts, metricTable, percentText } from '../performance/metrics.ts';
import type { MetricGate } from './gates.ts';
import type { Improvement } from './improvement.ts';

/**
 * What does a gate ask for, in words?
 *
 * @example gateText({ metric: 'rmse', better: 0.02, certainty: 0.8 }) // 'RMSE at least 2% better, with a certainty of 80%'
 */
export function gateText(gate: MetricGate): string {
  const { label } = metricTable[gate.metric];
  const change =
    'better' in gate
      ? `at least ${percentText(gate.better)} better`
      : `at most ${percentText(gate.worse)} worse`;
  const where = 'segments' in gate && gate.segments === 'each' ? ' in each segment' : '';
  return `${label} ${change}${where}${certaintyText(gate.certainty)}`;
}

function certaintyText(certainty: MetricGate['certainty']): string {
  if (certainty === 'point') return '';
  return certainty === 'interval' ? ', by its interval' : `, with a certainty of ${percentText(certainty)}`;
}

/**
 * What was found for a gate, in words: both numbers, the rows, the improvement and, as far as the gate asks for it, how sure that
 * is.
 *
 * @example
 * const found = { rows: 168, challenger: 69, champion: 88, value: 0.216, interval: { low: 0.15, high: 0.28 } };
 * foundText({ metric: 'rmse', better: 0.02, certainty: 0.8 }, found)
 * // 'challenger RMSE 69 against 88 on the same 168 held-out rows: 21.6% better (80% sure of at least 15% better)'
 */
export function foundText(gate: MetricGate, found: Improvement): string {
  const { metric, certainty } = gate;
  const isOfBetter = 'better' in gate;
  const [challenger, champion] = distinctTexts(metric, found.challenger, found.champion);
  const { value, interval } = found;
  const signed = (share: number): string =>
    `${percentText(Math.abs(share))} ${share < 0 ? 'worse' : 'better'}`;
  const sureText = (): string => {
    if (certainty === 'point' || !('low' in interval)) return '';
    if (certainty === 'interval') return ` (95% ${signed(interval.low)} to ${signed(interval.high)})`;
    const bound = isOfBetter ? interval.low : interval.high;
    const side = bound >= 0 === isOfBetter ? 'at least' : 'at most';
    return ` (${percentText(certainty)} sure of ${side} ${signed(bound)})`;
  };
  return `challenger ${metricTable[metric].label} ${challenger} against ${champion} on the same ${found.rows} held-out rows: ${signed(value)}${sureText()}`;
}
