import { countText } from '../performance/metrics.ts';

const unitNames: Readonly<Record<string, string>> = { m: 'minute', h: 'hour', d: 'day', w: 'week' };

/**
 * How is a duration said in words? Text that is no duration stays as it is.
 *
 * @example durationText('7d') // '7 days'
 */
export function durationText(duration: string): string {
  const unit = unitNames[duration.slice(-1)];
  return unit === undefined ? duration : countText(Number.parseInt(duration, 10), unit);
}
