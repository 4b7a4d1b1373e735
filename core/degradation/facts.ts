import type { Fact } from '../alert/alert.ts';
import { metricText } from '../performance/metrics.ts';
import { parseWindow } from '../window.ts';
import { durationText } from './duration-text.ts';
import type { DegradationFinding, Measurement } from './judgement.ts';
import { windowText } from './window-text.ts';

interface Held extends Measurement {
  readonly level: string;
}

/**
 * What was measured, for a message: each number once, with all limits it is held against and the outcomes it rests on.
 *
 * @example
 * const measured = [{ label: 'RMSE', over: '7d', value: { value: 80.14 }, text: '80.14', limit: '80', sampleSize: 148 }];
 * const rule = { metric: 'rmse', over: '7d', aggregate: 'pooled', limit: 80, level: 'critical' };
 * degradationFacts('7', [{ rule, level: 'critical', reason: '', measured }])[1]
 * // { name: 'RMSE over 7 days', value: '80.14, limit 80 (critical)' }
 */
export function degradationFacts(version: string | null, findings: readonly DegradationFinding[]): Fact[] {
  const byName = new Map<string, Held[]>();
  for (const { rule, measured } of findings) {
    for (const measurement of measured) {
      const name = measurementName(measurement);
      byName.set(name, [...(byName.get(name) ?? []), { ...measurement, level: rule.level }]);
    }
  }
  const outcomes = Math.max(
    0,
    ...findings.flatMap(({ measured }) =>
      measured.flatMap(({ over, sampleSize }) => (over === undefined ? [] : [sampleSize])),
    ),
  );
  return [
    ...(version === null ? [] : [{ name: 'Model version', value: version }]),
    ...[...byName].map(([name, same]) => ({ name, value: measureText(same) })),
    { name: 'Outcomes', value: String(outcomes) },
  ];
}

/** @example measurementName({ label: 'RMSE', over: '7d', value: { value: 1 }, text: '1', sampleSize: 9 }) // 'RMSE over 7 days' */
export function measurementName({ label, over }: Pick<Measurement, 'label' | 'over'>): string {
  return over === undefined ? label : `${label} over ${durationText(over)}`;
}

function measureText(all: readonly Held[]): string {
  const byWindow = new Map(all.map((measurement) => [JSON.stringify(measurement.window), measurement]));
  const several = byWindow.size > 1;
  const values = [...byWindow.values()].map((measurement) => valueText(measurement, several));
  const limits = [
    ...new Set(all.flatMap(({ limit, level }) => (limit === undefined ? [] : [`${limit} (${level})`]))),
  ];
  if (limits.length === 0) return values.join('; ');
  return `${values.join('; ')}, ${limits.length === 1 ? 'limit' : 'limits'} ${limits.join(', ')}`;
}

function valueText({ value, text, interval, metric, window }: Held, several: boolean): string {
  if ('notComputable' in value) return `not judged: ${text}`;
  const ends =
    interval === undefined || metric === undefined || several
      ? ''
      : ` (95% interval ${metricText(metric, interval[0])} to ${metricText(metric, interval[1])})`;
  const when = several && window !== undefined ? `${windowText(parseWindow(window))} ` : '';
  return `${when}${text}${ends}`;
}
