/** What Temporal alone knows of a model. The console knows no Temporal: whoever starts it hands in who asks (worker/temporal-now.ts). */

import type { LivePauses, RunUnderWay } from '../../core/process/pauses.ts';

export interface KnownToTemporal {
  readonly pauses: LivePauses;
  /** The oldest first. */
  readonly runs: readonly RunUnderWay[];
}

/** Or why it is not known. */
export type TemporalAnswer = KnownToTemporal | { readonly unknown: string };

/** Never throws, and answers within 80 milliseconds: what is not known by then says why. */
export type AskTemporal = (model: string) => Promise<TemporalAnswer>;
