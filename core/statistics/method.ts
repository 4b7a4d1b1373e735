/** What a method is, as data: each file of a method has one, and the registry lists them. */

import type { ColumnKind } from '../profile/grid.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';

/** A method, with the defaults that a monitor may change. */
export interface Method {
  /** Its name in the JSON of `tidewatch compare`. */
  readonly key: string;
  readonly label: string;
  readonly kinds: readonly ColumnKind[];
  /** Drift is a p-value *below* the threshold, or an effect *at or above* it. */
  readonly decidedBy: 'p-value' | 'effect';
  readonly threshold: number;
  /** Below these effects a difference does not matter, however certain it is. */
  readonly floors: { readonly warning: number; readonly critical: number };
  /**
   * What the effect is made of, which says how it varies from window to window (see `pValueOf` in core/calibration). Roots
   * and absolute differences are at most 1; `unbounded` is a distance in a unit of its own.
   */
  readonly effectScale: 'sum of squares' | 'root of a sum of squares' | 'absolute differences' | 'unbounded';
  /** What the effect is counted in, as it follows a number; empty where it is a bare one. */
  readonly unit: '' | ' sd';
  readonly source: string;
  readonly compute: (comparison: Comparison) => Computation;
  /**
   * How probable is what was found, or more, when nothing has changed and the rows carry the information of only so many
   * independent ones (the analytic null)? Absent where no law is known.
   */
  readonly pValueAt?: (found: Found, comparison: Comparison, effectiveSizes: Sides<number>) => number;
}
