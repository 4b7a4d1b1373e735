/** What each check means to people: what it is called, and how loud it may be. */

import type { Level } from '../verdict.ts';
import type { CheckName, QualityCheck } from './check.ts';

interface CheckPolicy {
  /** After the name of the column, if it has one. */
  readonly label: string;
  /**
   * The worst that it makes the verdict of a window, and so its alert. `nothing`: it is stored and shown in the report, and
   * nobody is told.
   */
  readonly most: 'critical' | 'warning' | 'nothing';
}

/** An expectation is as loud as whoever wrote it says. */
const asWritten = 'critical';

/**
 * The checks, with the reason for what each may be. The levels below are those of the judges: a share is a warning from one row in
 * a hundred more than in the reference, and critical from one in ten (see share-verdict.ts).
 */
export const checkTable: Readonly<Record<CheckName, CheckPolicy>> = {
  // The model computes with something else than it was trained on.
  schema: { label: 'gone or of another type', most: 'critical' },
  // A deployment upstream: the model does not read it.
  'new-column': { label: 'new', most: 'nothing' },
  missing: { label: 'missing values', most: 'critical' },
  range: { label: 'out of range', most: 'critical' },
  // From half of the rows on it is another vocabulary.
  unseen: { label: 'unseen categories', most: 'critical' },
  // A frozen feed, not a frozen hour.
  constant: { label: 'constant', most: 'critical' },
  // A part of the window: most of its values are still good.
  stuck: { label: 'stuck', most: 'warning' },
  // Windows count too much of the same; each prediction is right.
  duplicates: { label: 'repeated rows', most: 'warning' },
  volume: { label: 'number of rows', most: 'critical' },
  freshness: { label: 'stale', most: 'critical' },
  'expect-min': { label: 'below what is expected', most: asWritten },
  'expect-max': { label: 'above what is expected', most: asWritten },
  'expect-notNull': { label: 'expected to have a value', most: asWritten },
  'expect-in': { label: 'not an expected value', most: asWritten },
  'expect-unique': { label: 'expected to differ', most: asWritten },
  'expect-matches': { label: 'expected to match', most: asWritten },
  'expect-column': { label: 'expected column', most: asWritten },
};

/**
 * Is a check an expectation that people have written?
 *
 * @example isExpectation('expect-min') // true
 */
export function isExpectation(check: CheckName): boolean {
  return check.startsWith('expect-');
}

/**
 * A check with the level that it may have. Bad actuals never wake anybody: predictions do not depend on them, and they are
 * restated.
 *
 * @example limitLevel({ check: 'stuck', column: 'hum', verdict: { level: 'critical', reason: 'at 0' } }).verdict.level // 'warning'
 */
export function limitLevel(check: QualityCheck): QualityCheck {
  const { verdict } = check;
  const isWarning =
    checkTable[check.check].most !== 'critical' || (check.column === 'actual' && !isExpectation(check.check));
  const level: Level = verdict.level === 'critical' && isWarning ? 'warning' : verdict.level;
  return { ...check, verdict: { ...verdict, level } };
}
