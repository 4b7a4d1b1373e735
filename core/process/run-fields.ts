/** What log lines and spans say of the run that they belong to: one name for each, in all of them and in ops/loki/config.alloy. */

/**
 * `model`: the monitor; `window`: the interval of event time, where it is known; `workflowType`, `workflowId`, `runId`: the run;
 * `activityType`, `attempt`: the step of it, and which try; `trace_id`, `span_id`: where it is in a trace, as OpenTelemetry spells them.
 */
export const runFields = [
  'model',
  'window',
  'workflowType',
  'workflowId',
  'runId',
  'activityType',
  'attempt',
  'trace_id',
  'span_id',
] as const;

export type RunField = (typeof runFields)[number];

/** Which model, and which window of it. */
export type Subject = Partial<Readonly<Record<'model' | 'window', string>>>;

/**
 * What the input of a workflow or of an activity is about. What it does not tell, or tells in a form that is none of ours, is left out.
 *
 * @example subjectOf({ model: 'bike-demand', window: { start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' } })
 * // { model: 'bike-demand', window: '2011-05-13T00:00:00Z/2011-05-20T00:00:00Z' }
 * @example subjectOf('bike-demand') // {}
 */
export function subjectOf(input: unknown): Subject {
  if (typeof input !== 'object' || input === null) return {};
  const { model, window } = input as { readonly model?: unknown; readonly window?: unknown };
  const interval = intervalOf(window);
  return {
    ...(typeof model === 'string' && { model }),
    ...(interval !== undefined && { window: interval }),
  };
}

function intervalOf(window: unknown): string | undefined {
  if (typeof window !== 'object' || window === null) return undefined;
  const { start, end } = window as { readonly start?: unknown; readonly end?: unknown };
  return typeof start === 'string' && typeof end === 'string' ? `${start}/${end}` : undefined;
}
