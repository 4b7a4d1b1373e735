/** The one JSON object that each workflow takes, from a schedule or typed into the Temporal UI. */

import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { z } from 'zod';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { trainingRequestSchema } from '../core/retraining/trainer-contract.ts';
import {
  durationMs,
  formatInstant,
  hourMs,
  isDuration,
  minuteMs,
  parseInstant,
  parseWindow,
} from '../core/window.ts';

/** The clocks of whoever starts a run and of the server may differ by this much. */
const clockSkewMs = 5 * minuteMs;

const asOf = z.string().superRefine((text, context) => {
  const instant = attempt(context, () => parseInstant(text));
  // It would be the newest run for as long, and every run until then would be taken for one that makes up the past.
  if (instant !== undefined && instant > workflowInfo().startTime.getTime() + clockSkewMs) {
    context.addIssue({
      code: 'custom',
      message: `${text} is in the future; a run speaks for now or for the past`,
    });
  }
});

const window = z
  .strictObject({ start: z.string(), end: z.string() })
  .superRefine((text, context) => void attempt(context, () => parseWindow(text)));

const hourlyDuration = z
  .string()
  .refine((text) => isDuration(text) && durationMs(text) > 0 && durationMs(text) % hourMs === 0, {
    message: 'write whole hours, days or weeks, for example "24h" or "7d"',
  });

const common = {
  model: z.string('write the name of a model, for example "bike-demand"').min(1),
  /** The instant that the run speaks for; by default its scheduled time, or now. */
  asOf: asOf.optional(),
};
/** A run that makes up the past stores and restates; with `act` it also alerts and retrains. */
const act = { act: z.boolean().optional() };

export const inputSchemas = {
  actualsBackfill: z.strictObject({ ...common, window: window.optional() }),
  driftDetection: z.strictObject({
    ...common,
    ...act,
    /** Length of the current window, instead of the monitor's. */
    current: hourlyDuration.optional(),
    /** The current window itself, instead of the one that ends at asOf. */
    window: window.optional(),
  }),
  performanceEvaluation: z.strictObject({ ...common, window: window.optional() }),
  degradationCheck: z.strictObject({ ...common, ...act }),
  weeklyReport: z.strictObject({
    ...common,
    /** Instead of the days before asOf. */
    window: window.optional(),
    /** By default only a scheduled run sends e-mails, and none of the past. */
    send: z.boolean().optional(),
  }),
  retraining: z.strictObject({ ...common, reason: z.string().max(1000).optional() }),
  reprocessing: z.strictObject({
    ...common,
    /** The range of event time that is computed again. */
    window,
    /** How much of it at a time; a day by default. */
    step: hourlyDuration.optional(),
    /** What the run before has done: a long range continues as a new run. Not to be written by hand. */
    carried: z
      .strictObject({
        done: z.int().nonnegative(),
        counts: z.strictObject({
          hours: z.number(),
          attached: z.number(),
          changed: z.number(),
          summarized: z.number(),
          windows: z.number(),
          restated: z.number(),
          unchanged: z.number(),
          estimated: z.number(),
          compared: z.number(),
        }),
      })
      .optional(),
  }),
  simulatedTraining: z.strictObject({
    model: common.model,
    /** What `tidewatch retrain simulate` has made of the monitor's trainer. Not to be written by hand. */
    plan: z.strictObject({
      kind: z.literal('temporal'),
      taskQueue: z.string().min(1),
      runs: z.enum(['workflow', 'activity']),
      type: z.string().min(1),
      timeoutMs: z.number().nonnegative(),
      heartbeatMs: z.number().positive().exactOptional(),
      request: trainingRequestSchema,
    }),
  }),
  alertLifecycle: z.strictObject({
    model: common.model,
    alertKey: z.string().min(1),
    /** Of the run before: a long life continues as a new run. Not to be written by hand. */
    carried: z.strictObject({ delivered: z.int().nonnegative() }).optional(),
  }),
} as const;

const examples: Readonly<Record<keyof typeof inputSchemas, object>> = {
  actualsBackfill: {
    model: 'bike-demand',
    window: { start: '2011-05-01T00:00:00Z', end: '2011-05-08T00:00:00Z' },
  },
  driftDetection: {
    model: 'bike-demand',
    window: { start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' },
  },
  performanceEvaluation: { model: 'bike-demand', asOf: '2011-05-20T03:20:00Z' },
  degradationCheck: { model: 'bike-demand', asOf: '2011-05-20T03:40:00Z' },
  weeklyReport: {
    model: 'bike-demand',
    window: { start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' },
  },
  retraining: { model: 'bike-demand', reason: 'a new bike lane opened' },
  reprocessing: {
    model: 'bike-demand',
    window: { start: '2011-05-01T00:00:00Z', end: '2011-05-08T00:00:00Z' },
  },
  simulatedTraining: {
    model: 'bike-demand',
    plan: {
      kind: 'temporal',
      taskQueue: 'trainers',
      runs: 'activity',
      type: 'train',
      timeoutMs: 3_600_000,
      request: {
        retrainingId: 'simulation-1f0c9a2b',
        model: 'bike-demand',
        purpose: 'simulation',
        training: { start: '2011-03-29T00:00:00Z', end: '2011-05-13T00:00:00Z' },
        holdout: { start: '2011-05-13T00:00:00Z', end: '2011-06-21T00:00:00Z' },
        exclude: [],
      },
    },
  },
  alertLifecycle: { model: 'bike-demand', alertKey: 'degradation:bike-demand:performance' },
};

export type WorkflowName = keyof typeof inputSchemas;
export type WorkflowInput<Name extends WorkflowName> = z.output<(typeof inputSchemas)[Name]>;

/**
 * The input of a workflow, checked.
 *
 * @throws ApplicationFailure (non-retryable, type `INVALID_INPUT`) that lists every problem and shows a right input
 */
export function decodeInput<Name extends WorkflowName>(workflow: Name, input: unknown): WorkflowInput<Name> {
  const expected = { name: workflow, schema: inputSchemas[workflow], example: examples[workflow] };
  return decodeWith(expected, input) as WorkflowInput<Name>;
}

/** What is typed for a workflow, or for an update of one. */
interface Expected<Schema extends z.ZodType> {
  readonly name: string;
  readonly schema: Schema;
  readonly example: object;
}

/** The same for anything that is typed. */
export function decodeWith<Schema extends z.ZodType>(
  { name, schema, example }: Expected<Schema>,
  input: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const path = issue.path.join('.');
    return `${path === '' ? '' : `${path}: `}${issue.message}.`.replace('..', '.');
  });
  const error = new TidewatchError('INVALID_INPUT', {
    workflow: name,
    problems: problems.join(' '),
    example: JSON.stringify(example),
  });
  const failure = ApplicationFailure.nonRetryable(error.message, error.code);
  // The Temporal UI shows it below the message: to whoever typed the input it says nothing.
  failure.stack = '';
  throw failure;
}

/** The instant that a run speaks for: given, or the nominal time of its schedule, or the time it was started. */
export function asOfOf(input: { readonly asOf?: string | undefined }): string {
  if (input.asOf !== undefined) return formatInstant(parseInstant(input.asOf));
  const scheduled = workflowInfo().searchAttributes['TemporalScheduledStartTime']?.[0];
  const start = scheduled instanceof Date ? scheduled : workflowInfo().startTime;
  return formatInstant(start.getTime());
}

function attempt<T>(context: z.core.$RefinementCtx, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    context.addIssue({ code: 'custom', message: reasonOf(error) });
    return undefined;
  }
}
