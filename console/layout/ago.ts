/** How long ago something was, beside when. */

import { dayMs, formatDay, formatInstant, hourMs, minuteMs } from '../../core/window.ts';
import { html, type Html } from '../html.ts';
import { instantText } from '../instant-text.ts';

const yearMs = 365.25 * dayMs;

const steps = [
  { unit: 'min', ms: minuteMs, below: 60 * minuteMs },
  { unit: 'h', ms: hourMs, below: 2 * dayMs },
  { unit: 'd', ms: dayMs, below: 2 * yearMs },
  { unit: 'years', ms: yearMs, below: Infinity },
] as const;

/**
 * A span of time as people say it, in its largest unit that leaves two or more of it.
 *
 * @example spanWords(5 * minuteMs) // '5 min'
 */
function spanWords(ms: number): string {
  const { unit, ms: size } = steps.find(({ below }) => ms < below)!;
  return `${Math.max(1, Math.round(ms / size))} ${unit}`;
}

/** So long ago, the day says more. */
const longAgoMs = 60 * dayMs;

/** `3 h ago`, and the day of what was long ago; with the instant for whoever points at it, and for machines. */
export function ago(instant: number, now: number): Html {
  const text = formatInstant(instant);
  const words =
    instant > now
      ? `in ${spanWords(instant - now)}`
      : now - instant > longAgoMs
        ? formatDay(instant)
        : `${spanWords(now - instant)} ago`;
  return html`<time datetime="${text}" title="${instantText(text)} UTC">${words}</time>`;
}
