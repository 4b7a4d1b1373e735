/** What is stored of a retraining beside its state. JSON-safe. */

import type { WindowText } from '../window.ts';
import type { Verification } from './verification.ts';

/** Whether a person is asked, why, and what was decided. */
export interface Approval {
  readonly needed: boolean;
  readonly reason: string;
  readonly decision?: 'approved' | 'rejected' | 'cancelled';
  readonly by?: string;
  readonly note?: string;
}

export interface Rollout {
  readonly kind: 'shadow' | 'canary';
  /** An instant, as text. */
  readonly start: string;
  readonly look?: StoredLook;
}

/** One comparison of both versions, as it is stored. */
export interface StoredLook extends Verification {
  readonly asOf: string;
  readonly window: WindowText;
  readonly day: number;
  readonly metric: string;
  readonly rows: number;
}
