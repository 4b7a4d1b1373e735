/** What a condition says, and the numbers it says so by. JSON-safe. */

import type { MetricName } from '../performance/metrics.ts';
import type { Computed, Level } from '../verdict.ts';
import type { WindowText } from '../window.ts';
import type { Interval } from './evidence.ts';
import type { DegradationRule } from './rules.ts';

/** One number that a rule looked at, with what it was held against. */
export interface Measurement {
  /** What it is, such as "RMSE". */
  readonly label: string;
  /** Of a metric: what its value is written by. */
  readonly metric?: MetricName;
  /** Such as `'7d'`. */
  readonly over?: string;
  readonly window?: WindowText;
  readonly value: Computed;
  /** The value in words, with its unit; why there is none. */
  readonly text: string;
  /** 95%. */
  readonly interval?: Interval;
  /** What it was held against, in words. */
  readonly limit?: string;
  /** Outcomes behind the value; rows of the current window for drift. */
  readonly sampleSize: number;
  readonly coverage?: number;
  /** Of the evaluation. */
  readonly version?: string;
  readonly revision?: number;
  readonly state?: 'provisional' | 'final';
}

/** `unjudgeable`: nobody can tell. */
export type Answer = 'fires' | 'fine' | 'unjudgeable';

/** What a condition says. */
export interface Judgement {
  readonly answer: Answer;
  readonly reason: string;
  readonly measured: readonly Measurement[];
}

/** What one rule says. */
export interface DegradationFinding {
  readonly rule: DegradationRule;
  /** The rule's own level where it fires, else `ok` or `insufficient-data`. */
  readonly level: Level;
  readonly reason: string;
  /** It does not fire, but by the points alone it would: no reason to say that all is well. */
  readonly unsure?: true;
  readonly measured: readonly Measurement[];
}

/** The same words wherever a rule cannot be judged. */
export function unjudgeable(what: string, why: string, ...measured: Measurement[]): Judgement {
  return { answer: 'unjudgeable', reason: `${what} cannot be judged: ${why}`, measured };
}
