/** The monitor: the configuration of one watched model, as people write it in `monitors/<name>.yaml`, with every default. */

import { z } from 'zod';

import { labelsSchema, routesSchema } from '../alert/route-settings.ts';
import { alertLifeSchema } from '../alert/life-settings.ts';
import { comparisonSettingsSchema } from '../comparison/settings.ts';
import { degradationSettingsSchema, ruleProblems } from '../degradation/settings.ts';
import { judgedMetrics } from '../performance/metrics.ts';
import { gateSchema, horizonsSchema, intervalLevelsSchema } from '../performance/settings.ts';
import { deadManSettingsSchema } from '../process/settings.ts';
import { expectationsSchema } from '../quality/expectations.ts';
import { qualitySettingsSchema } from '../quality/settings.ts';
import { reportSettingsSchema } from '../report/settings.ts';
import { retrainingProblems, retrainingSchema } from '../retraining/settings.ts';
import { methodNames, methodOf, methodsFor, type MethodName } from '../statistics/registry.ts';
import { durationMs, hourMs, isDuration } from '../window.ts';
import { cron, dailyDuration, calendarDay, durationLike, share, timeZone } from './fields.ts';

/** What a model may be called: it becomes part of workflow ids and metric labels. */
export const modelNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'use lower-case letters, digits, ".", "_" and "-", at most 63 characters',
  );

const duration = durationLike('7d');

const hourlyDuration = duration.refine(
  (text) => !isDuration(text) || (durationMs(text) > 0 && durationMs(text) % hourMs === 0),
  'write whole hours, days or weeks, for example "24h" or "7d"',
);

const kind = z.enum(['continuous', 'categorical']);

const method = z.enum(methodNames);

const column = z.strictObject({
  /** Which method decides; by default one that suits the reference's values. */
  method: method.optional(),
  /** A fixed limit (a p-value below it, an effect at or above it) in the place of the calibrated verdict. */
  threshold: z.number().positive().optional(),
  enabled: z.boolean().default(true),
  /** What must hold for every value, whatever the reference says. */
  expect: expectationsSchema.optional(),
});

const feature = column.extend({ kind });

const trainingStatistics = z.strictObject({
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  std: z.number().nonnegative(),
});

const reference = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('fixed'), start: calendarDay, end: calendarDay })
    .refine((r) => r.end > r.start, {
      path: ['end'],
      message: 'must be after start (the end day itself is not included)',
    }),
  z.strictObject({ kind: z.literal('rolling'), length: hourlyDuration.default('30d') }),
  /** The same hours of the week in the weeks before; weeks with an open drift alert are left out. */
  z.strictObject({ kind: z.literal('seasonal'), weeks: z.int().min(2).max(52).default(8) }),
  z.strictObject({
    kind: z.literal('training-statistics'),
    /** A JSON file beside the monitor: `{ "<feature>": { "min", "max", "mean", "std" } }`; `apply` reads it in. */
    file: z.string().optional(),
    features: z.record(z.string(), trainingStatistics).optional(),
  }),
]);

const metric = z.enum(judgedMetrics());

const limit = z.union([
  z
    .number()
    .transform((critical): { warning?: number | undefined; critical?: number | undefined } => ({ critical })),
  z.strictObject({ warning: z.number().optional(), critical: z.number().optional() }),
]);

const timesOf = (defaultCron: string) => ({
  cron: cron.default(defaultCron),
  timeZone: timeZone.default('UTC'),
  /** Runs missed while the server was away are made up if they are at most this old. */
  catchupWindow: duration.default('7d'),
});

const schedule = (defaultCron: string, enabled = true) =>
  z.strictObject({ enabled: z.boolean().default(enabled), ...timesOf(defaultCron) }).prefault({});

/** Who is told of alerts, and how they end and are repeated: the part of a monitor that each step of an alert's life reads. */
export const alertSettingsSchema = z.strictObject({
  routes: routesSchema.default([]),
  life: alertLifeSchema.prefault({}),
  deadMan: deadManSettingsSchema.prefault({}),
});

export const monitorSchema = z
  .strictObject({
    model: modelNameSchema,
    description: z.string().max(500).default(''),
    labels: labelsSchema.default({}),
    task: z.enum(['regression', 'classification']),
    /** Classification: every class, so that one that is never seen still has a row in the confusion counts. */
    classes: z.array(z.string().min(1)).min(2).optional(),
    /** Classification with two classes: the one that ROC AUC is about; by default the last of `classes`. */
    positiveClass: z.string().optional(),
    features: z
      .record(z.string().min(1).max(200), feature)
      .refine((features) => Object.keys(features).length > 0, {
        message: 'name at least one feature',
      }),
    prediction: column.prefault({}),
    confidence: column.prefault({}),
    actual: column.prefault({}),
    reference,
    current: hourlyDuration.default('7d'),
    /** Categorical features; the rows of each of their values are judged on their own as well. */
    segments: z.array(z.string()).max(3).default([]),
    drift: z
      .strictObject({
        /** Dataset drift: more than this share of the enabled features drifted, weighted by importance where it is known. */
        share: share.default(0.5),
        minimumRows: z.int().positive().default(10),
        /** The share of false alarms among the alarms of a run (Benjamini-Hochberg). */
        alpha: z
          .number()
          .positive()
          .max(0.5, 'write a share of false alarms, for example 0.05')
          .default(0.05),
        /** Drift of the features together, on a sample of rows. */
        multivariate: z
          .strictObject({
            enabled: z.boolean().default(true),
            /** Rows of each side. */
            sample: z.int().min(100).max(10_000).default(2_000),
          })
          .prefault({}),
      })
      .prefault({}),
    quality: qualitySettingsSchema.prefault({}),
    performance: z
      .strictObject({
        windows: z.array(dailyDuration).min(1).default(['1d', '7d', '30d']),
        minimumOutcomes: z.int().positive().default(10),
        /** Until this age of a window its numbers may be restated; then they are final. */
        actualsHorizon: duration.default('7d'),
        gate: gateSchema.prefault({}),
        horizons: horizonsSchema.default({}),
        intervalLevels: intervalLevelsSchema.default([0.05, 0.95]),
        peakHours: z
          .strictObject({
            hours: z.array(z.int().min(0).max(23)).min(1).default([7, 8, 9, 17, 18, 19]),
            timeZone: timeZone.default('UTC'),
          })
          .prefault({}),
        limits: z.partialRecord(metric, limit).default({}),
        comparisons: comparisonSettingsSchema.prefault({}),
      })
      .prefault({}),
    degradation: degradationSettingsSchema.prefault({}),
    retraining: retrainingSchema.optional(),
    alerts: alertSettingsSchema.prefault({}),
    report: reportSettingsSchema.prefault({}),
    schedules: z
      .strictObject({
        actualsBackfill: schedule('5 * * * *'),
        driftDetection: schedule('0 3 * * *'),
        /** Drift over the last 24 hours, every hour. */
        hourlyDriftDetection: schedule('15 * * * *', false),
        performanceEvaluation: schedule('20 3 * * *'),
        degradationCheck: schedule('40 3 * * *'),
        /** By default where the report has recipients. */
        weeklyReport: z
          .strictObject({ enabled: z.boolean().optional(), ...timesOf('0 4 * * 1') })
          .prefault({}),
      })
      .prefault({}),
  })
  .superRefine((monitor, context) => {
    const problem = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    if (monitor.task === 'regression' && monitor.classes !== undefined) {
      problem(['classes'], 'belongs to task: classification; remove it or change the task');
    }
    if (monitor.task === 'classification' && monitor.classes === undefined) {
      problem(
        ['classes'],
        'is missing; a classification monitor lists its classes, for example ["no", "yes"]',
      );
    }
    if (monitor.positiveClass !== undefined && !monitor.classes?.includes(monitor.positiveClass)) {
      problem(['positiveClass'], 'is not one of classes');
    }
    for (const reserved of ['prediction', 'confidence', 'actual'] as const) {
      if (reserved in monitor.features)
        problem(['features', reserved], `is a reserved column name; rename the feature`);
    }
    for (const [index, feature] of monitor.segments.entries()) {
      if (monitor.features[feature]?.kind !== 'categorical') {
        problem(['segments', index], `"${feature}" is not a categorical feature of this monitor`);
      }
    }
    if (monitor.segments.includes('horizon') && Object.keys(monitor.performance.horizons).length > 0) {
      problem(
        ['performance', 'horizons'],
        'the segments of a feature named "horizon" are called alike; rename it',
      );
    }
    const columns: [(string | number)[], FeatureKind, MethodName | undefined][] = [
      ...Object.entries(monitor.features).map(
        ([feature, { kind, method }]): [(string | number)[], FeatureKind, MethodName | undefined] => [
          ['features', feature, 'method'],
          kind,
          method,
        ],
      ),
      [['prediction', 'method'], outcomeKind(monitor.task), monitor.prediction.method],
      [['actual', 'method'], outcomeKind(monitor.task), monitor.actual.method],
      [['confidence', 'method'], 'continuous', monitor.confidence.method],
    ];
    for (const [path, kind, method] of columns) {
      if (method !== undefined && !methodOf(method).kinds.includes(kind)) {
        problem(path, `"${method}" is not for ${kind} columns; write one of ${methodsFor(kind).join(', ')}`);
      }
    }
    const metrics: readonly string[] = judgedMetrics(monitor.task);
    for (const metric of Object.keys(monitor.performance.limits)) {
      if (!metrics.includes(metric)) {
        problem(
          ['performance', 'limits', metric],
          `is not a ${monitor.task} metric; write one of ${metrics.join(', ')}`,
        );
      }
    }
    for (const [index, rule] of (monitor.degradation.rules ?? []).entries()) {
      for (const { path, message } of ruleProblems(rule, monitor)) {
        problem(['degradation', 'rules', index, ...path], message);
      }
    }
    if (monitor.retraining !== undefined) {
      for (const { path, message } of retrainingProblems(monitor.retraining, monitor)) {
        problem(['retraining', ...path], message);
      }
    }
  });

/** A monitor with every default filled in. */
export type Monitor = z.output<typeof monitorSchema>;
/** A monitor as people write it. */
export type MonitorInput = z.input<typeof monitorSchema>;
export type FeatureKind = z.output<typeof kind>;
export type AlertSettings = Pick<z.output<typeof alertSettingsSchema>, 'routes' | 'life'>;
export type ScheduledProcess = keyof Monitor['schedules'];

/**
 * The kind of the prediction and of the actual: numbers in a regression, classes in a classification.
 *
 * @example outcomeKind('regression') // 'continuous'
 */
export function outcomeKind(task: Monitor['task']): FeatureKind {
  return task === 'regression' ? 'continuous' : 'categorical';
}
