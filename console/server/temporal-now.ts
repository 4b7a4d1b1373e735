/** What Temporal alone knows of a model. The console knows no Temporal: whoever starts it hands in who asks (worker/temporal-now.ts). */

import type { LivePauses, RunUnderWay } from '../../core/process/pauses.ts';

export interface KnownToTemporal {
  readonly pauses: LivePauses;
  /** The oldest first. */
  readonly runs: readonly RunUnderWay[];
}

/** Never throws, and answers within a few hundred milliseconds: what is not known by then says why. */
export type AskTemporal = (model: string) => Promise<KnownToTemporal | { readonly unknown: string }>;
