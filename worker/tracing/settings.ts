/** Whether this process traces, and what of it: the standard variables of OpenTelemetry. Loads nothing of it. */

import type { Environment } from '../secret-files.ts';

/** Which traces are recorded: all, none, or a share of them. */
export interface Sampling {
  readonly share: number;
}

export interface TracingSettings {
  readonly sampling: Sampling;
  /** What the variables say that is not done, in words. */
  readonly warnings: readonly string[];
}

/**
 * Tracing is on where there is an endpoint to send to, and `OTEL_SDK_DISABLED` and `OTEL_TRACES_EXPORTER=none` do not say otherwise. Where to,
 * with which headers, how often and under which name is read by OpenTelemetry itself.
 */
export function tracingSettings(environment: Environment): TracingSettings | undefined {
  const value = (name: string): string => environment[name]?.trim() ?? '';
  const endpoint = value('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') || value('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === '' || value('OTEL_SDK_DISABLED').toLowerCase() === 'true') return undefined;
  if (value('OTEL_TRACES_EXPORTER') === 'none') return undefined;
  const warnings: string[] = [];
  const protocol = value('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') || value('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (!['', 'http/protobuf'].includes(protocol))
    warnings.push(`traces are sent by http/protobuf, and not by ${protocol}: name the port that takes that`);
  const sampling = {
    share: shareOf(value('OTEL_TRACES_SAMPLER'), value('OTEL_TRACES_SAMPLER_ARG'), warnings),
  };
  return { sampling, warnings };
}

function shareOf(sampler: string, argument: string, warnings: string[]): number {
  // Whether a parent was sampled is decided by the same number: see sampler.ts.
  const kind = sampler.replace(/^parentbased_/, '');
  if (kind === 'always_off') return 0;
  if (kind === 'traceidratio') {
    const share = Number(argument);
    if (argument !== '' && share >= 0 && share <= 1) return share;
    warnings.push(`OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1: every trace is recorded`);
  } else if (!['', 'always_on'].includes(kind)) {
    warnings.push(`OTEL_TRACES_SAMPLER has no sampler named ${sampler}: every trace is recorded`);
  }
  return 1;
}
