/** Which traces are recorded. */

import { INVALID_SPAN_CONTEXT } from '@opentelemetry/api';
import {
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';

import type { Sampling } from './settings.ts';

export interface TraceSampler {
  readonly sampler: Sampler;
  /** Is a trace that a workflow began recorded? */
  readonly isWanted: (traceId: string) => boolean;
}

/**
 * Each trace is recorded or not by its id alone. A workflow that a schedule starts begins a trace in its sandbox, which does not know the
 * variables of this process and records all of them: what comes from there is decided about here, and so is what it has called. Processes
 * with the same variables agree.
 */
export function traceSampler({ share }: Sampling): TraceSampler {
  const byId = new TraceIdRatioBasedSampler(share);
  return {
    sampler: new ParentBasedSampler({ root: byId, remoteParentSampled: byId }),
    isWanted: (traceId) =>
      traceId !== INVALID_SPAN_CONTEXT.traceId &&
      byId.shouldSample(undefined, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED,
  };
}
