/** Since when has something drifted? */

import type { Level } from '../core/verdict.ts';
import { instantText } from './instant-text.ts';

/** A verdict of the past; `windowEnd` is ISO 8601. */
export interface PastVerdict {
  readonly windowEnd: string;
  readonly level: Level;
}

/** A run of windows that all drifted, up to the current one. */
export interface Since {
  /** The end of the first of them. */
  readonly windowEnd: string;
  readonly windows: number;
  /** `unknown` where no earlier window was judged: it may have begun before. */
  readonly before: 'calm' | 'unknown';
}

export function isLoud(level: Level): boolean {
  return level === 'warning' || level === 'critical';
}

/**
 * Since when is the level warning or worse without a break? Windows that could not be judged break nothing. Undefined where
 * the last window is calm, or not judged itself.
 *
 * @param past in the order of time, the current window last
 * @example driftedSince([ok, warning, unknown, critical]) // { windowEnd: (of the second), windows: 2, before: 'calm' }
 */
export function driftedSince(past: readonly PastVerdict[]): Since | undefined {
  const last = past.at(-1);
  if (last === undefined || !isLoud(last.level)) return undefined;
  const judged = past.filter(({ level }) => level !== 'insufficient-data');
  const calm = judged.findLastIndex(({ level }) => !isLoud(level));
  return {
    windowEnd: judged[calm + 1]!.windowEnd,
    windows: judged.length - calm - 1,
    before: calm === -1 ? 'unknown' : 'calm',
  };
}

/** @example 'since 2011-05-13', 'since 2011-05-13 or earlier', 'new' */
export function sinceInWords({ windowEnd, windows, before }: Since): string {
  if (before === 'unknown') return `since ${instantText(windowEnd)} or earlier`;
  return windows === 1 ? 'new' : `since ${instantText(windowEnd)}`;
}
