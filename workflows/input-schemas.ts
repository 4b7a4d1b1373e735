/** What each workflow takes: one JSON object. Without Temporal, so that commands check what is typed by the same schemas. */

import { z } from 'zod';

import { reasonOf } from '../core/errors.ts';
import { scheduledProcessIds } from '../core/process/scheduled.ts';
import { storageMaintenanceId } from '../core/storage/settings.ts';
import { trainingRequestSchema } from '../core/retraining/trainer-contract.ts';
import { durationMs, hourMs, isDuration, minuteMs, parseInstant, parseWindow } from '../core/window.ts';
import { check, problemsOf, type Checked } from './checked.ts';

/** The clocks of whoever starts a run and of the server may differ by this much. */
const clockSkewMs = 5 * minuteMs;

const instant = z.string().superRefine((text, context) => void attempt(context, () => parseInstant(text)));

const window = z
  .strictObject({ start: z.string(), end: z.string() })
  .superRefine((text, context) => void attempt(context, () => parseWindow(text)));

const hourlyDuration = z
  .string()
  .refine((text) => isDuration(text) && durationMs(text) > 0 && durationMs(text) % hourMs === 0, {
    message: 'write whole hours, days or weeks, for example "24h" or "7d"',
  });

/** A run that makes up the past stores and restates; with `act` it also alerts and retrains. */
const act = { act: z.boolean().optional() };

const common = {
  model: z.string('write the name of a model, for example "bike-demand"').min(1),
  /** The instant that the run speaks for; by default its scheduled time, or now. */
  asOf: instant.optional(),
};
const schemas = {
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
  /** Whose gauges; a run that could not push them starts it. */
  metricsPush: z.strictObject({
    model: common.model,
    process: z.enum([...scheduledProcessIds, 'retraining', storageMaintenanceId]),
  }),
  storageMaintenance: z.strictObject({
    asOf: common.asOf,
    /** Say what would be done, and do nothing. */
    plan: z.boolean().optional(),
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
      request: trainingRequestSchema(),
    }),
  }),
  alertLifecycle: z.strictObject({
    model: common.model,
    alertKey: z.string().min(1),
    /** Of the run before: a long life continues as a new run. Not to be written by hand. */
    carried: z.strictObject({ delivered: z.int().nonnegative() }).optional(),
  }),
} as const;

type InputSchemas = typeof schemas;
export type WorkflowName = keyof InputSchemas;
export type WorkflowInput<Name extends WorkflowName> = z.output<InputSchemas[Name]>;

/** A right input of each, for whoever has typed a wrong one. */
export const inputExamples: Readonly<Record<WorkflowName, object>> = {
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
  metricsPush: { model: 'bike-demand', process: 'drift-detection' },
  storageMaintenance: { plan: true },
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

/** The fields that a workflow takes. */
export function fieldsOf(name: WorkflowName): readonly string[] {
  return Object.keys(schemas[name].shape);
}

/**
 * The input of a workflow, or what is wrong with it.
 *
 * @param startTime when the run begins, in epoch milliseconds: no run speaks for the future
 */
export function checkInput<Name extends WorkflowName>(
  name: Name,
  input: unknown,
  startTime: number,
): Checked<WorkflowInput<Name>> {
  const checked = check(schemas[name], input) as Checked<WorkflowInput<Name>>;
  const problems = problemsOf(checked);
  const asOf = (input as { asOf?: unknown } | null | undefined)?.asOf;
  const isInstant = fieldsOf(name).includes('asOf') && !problems.some(({ field }) => field === 'asOf');
  // It would be the newest run for as long, and every run until then would be taken for one that makes up the past.
  if (!isInstant || typeof asOf !== 'string' || parseInstant(asOf) <= startTime + clockSkewMs) return checked;
  const reason = `${asOf} is in the future; a run speaks for now or for the past`;
  return { problems: [...problems, { field: 'asOf', reason }] };
}

function attempt<T>(context: z.core.$RefinementCtx, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    context.addIssue({ code: 'custom', message: reasonOf(error) });
    return undefined;
  }
}
