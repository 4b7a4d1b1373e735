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
import { sourceProblems, sourceSchema } from '../source/settings.ts';
import { retentionProblems, retentionSchema } from '../storage/retention.ts';
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

/** What a team may be called: it becomes part of the name of a role of the database. */
export const teamNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'use lower-case letters, digits, "_" and "-", at most 40 characters');

const duration = durationLike('7d');

const hourlyDuration = duration.refine(
  (text) => !isDuration(text) || (durationMs(text) > 0 && durationMs(text) % hourMs === 0),
  'write whole hours, days or weeks, for example "24h" or "7d"',
);

const kind = z.enum(['continuous', 'categorical']);

const method = z.enum(methodNames);

const column = z.strictObject({
  method: method
    .optional()
    .describe("The method that decides; by default one that suits the reference's values."),
  threshold: z
    .number()
    .positive()
    .optional()
    .describe(
      'A fixed limit (a p-value below it, an effect at or above it) instead of the calibrated verdict.',
    ),
  enabled: z.boolean().default(true).describe('Whether it is judged and counted.'),
  expect: expectationsSchema
    .optional()
    .describe('What must hold for every value, whatever the reference says.'),
});

const feature = column.extend({ kind: kind.describe('Whether its values are numbers or categories.') });

const trainingStatistics = z.strictObject({
  min: z.number().describe('The smallest value.'),
  max: z.number().describe('The largest value.'),
  mean: z.number().describe('The mean.'),
  std: z.number().nonnegative().describe('The standard deviation.'),
});

const reference = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('fixed'),
      start: calendarDay.describe('The first day of accepted quality, UTC.'),
      end: calendarDay.describe('The day after the last one.'),
    })
    .refine((r) => r.end > r.start, {
      path: ['end'],
      message: 'must be after start (the end day itself is not included)',
    }),
  z.strictObject({
    kind: z.literal('rolling'),
    length: hourlyDuration.default('30d').describe('Its length; it ends where the current window begins.'),
  }),
  /** The same hours of the week in the weeks before; weeks with an open drift alert are left out. */
  z.strictObject({
    kind: z.literal('seasonal'),
    weeks: z
      .int()
      .min(2)
      .max(52)
      .default(8)
      .describe(
        'The same hours of the week in this many weeks before; weeks with an open drift alert are left out.',
      ),
  }),
  z.strictObject({
    kind: z.literal('training-statistics'),
    file: z
      .string()
      .optional()
      .describe(
        'A JSON file beside the monitor: {"<feature>": {"min", "max", "mean", "std"}}; apply reads it in.',
      ),
    features: z.record(z.string(), trainingStatistics).optional().describe('The same, written here.'),
  }),
]);

const metric = z.enum(judgedMetrics());

const limit = z.union([
  z
    .number()
    .transform((critical): { warning?: number | undefined; critical?: number | undefined } => ({ critical })),
  z.strictObject({
    warning: z.number().optional().describe('A warning from here on.'),
    critical: z.number().optional().describe('Critical from here on.'),
  }),
]);

const timesOf = (defaultCron: string) => ({
  cron: cron.default(defaultCron).describe('When it runs, in five fields.'),
  timeZone: timeZone.default('UTC').describe('Of those fields.'),
  catchupWindow: duration
    .default('7d')
    .describe('Runs missed while the server was away are caught up on if they are at most this old.'),
});

/** A process that has missed runs is told of when each has had an hour. */
const longestJitter = '30m';

const schedule = (defaultCron: string, enabled = true) =>
  z
    .strictObject({
      enabled: z.boolean().default(enabled).describe('Whether its schedule exists.'),
      ...timesOf(defaultCron),
    })
    .prefault({});

/** Who is told of alerts, and how they end and are repeated: the part of a monitor that each step of an alert's life reads. */
export const alertSettingsSchema = z.strictObject({
  routes: routesSchema
    .default([])
    .describe(
      'Where its alerts go: routes, or the names of routes in alerts.yaml. They come before those of alerts.yaml.',
    ),
  life: alertLifeSchema.prefault({}).describe('How alerts end, come back and are repeated.'),
  deadMan: deadManSettingsSchema.prefault({}).describe('When a process counts as dead.'),
});

export const monitorSchema = z
  .strictObject({
    model: modelNameSchema.describe('The name of the model: part of workflow ids and metric labels.'),
    description: z.string().max(500).default('').describe('In words, for people.'),
    team: teamNameSchema
      .optional()
      .describe(
        'Whose it is. If teams are kept apart (`tidewatch migrate --teams`), members see and write only the rows of their models.',
      ),
    labels: labelsSchema.default({}).describe('Labels that routes can match, such as team: bikes.'),
    task: z.enum(['regression', 'classification']).describe('What it predicts.'),
    classes: z
      .array(z.string().min(1))
      .min(2)
      .optional()
      .describe(
        'For classification: every class, so that one never seen still has a row in the confusion counts.',
      ),
    positiveClass: z
      .string()
      .optional()
      .describe('With two classes, the one that ROC AUC is about; by default the last.'),
    features: z
      .record(z.string().min(1).max(200), feature)
      .refine((features) => Object.keys(features).length > 0, {
        message: 'name at least one feature',
      })
      .describe('The columns that the model sees, by name.'),
    prediction: column.prefault({}).describe('How drift of the prediction is judged.'),
    confidence: column.prefault({}).describe('How drift of its confidence is judged.'),
    actual: column.prefault({}).describe('How drift of the actual is judged.'),
    reference: reference.describe('The data of accepted quality.'),
    current: hourlyDuration
      .default('7d')
      .describe('Length of the window that is compared with the reference.'),
    segments: z
      .array(z.string())
      .max(3)
      .default([])
      .describe('Categorical features; the rows of each value are also judged on their own.'),
    drift: z
      .strictObject({
        share: share
          .default(0.5)
          .describe(
            'The dataset has drifted when more than this share of the enabled features has, weighted by importance if known.',
          ),
        minimumRows: z.int().positive().default(10).describe('A column with fewer rows is not judged.'),
        alpha: z
          .number()
          .positive()
          .max(0.5, 'write a share of false alarms, for example 0.05')
          .default(0.05)
          .describe('The share of false alarms among the alarms of a run (Benjamini-Hochberg).'),
        multivariate: z
          .strictObject({
            enabled: z.boolean().default(true).describe('Whether the features are judged together.'),
            sample: z.int().min(100).max(10_000).default(2_000).describe('Rows of each side.'),
          })
          .prefault({})
          .describe('Drift of the features together, on a sample of rows.'),
      })
      .prefault({})
      .describe('When data have drifted.'),
    source: sourceSchema
      .optional()
      .describe(
        'Where its predictions and actuals are, if they are not logged into the tables of Tidewatch.',
      ),
    quality: qualitySettingsSchema.prefault({}).describe('Which checks of data quality count.'),
    performance: z
      .strictObject({
        windows: z
          .array(dailyDuration)
          .min(1)
          .default(['1d', '7d', '30d'])
          .describe('The windows that are evaluated, each ending at midnight UTC.'),
        minimumOutcomes: z
          .int()
          .positive()
          .default(10)
          .describe('A window with fewer outcomes is insufficient data.'),
        actualsHorizon: duration
          .default('7d')
          .describe('Up to this age the numbers of a window may be restated; then they are final.'),
        gate: gateSchema
          .prefault({})
          .describe(
            'When a window has enough actuals to be judged: from this coverage or this age on, whichever comes first.',
          ),
        horizons: horizonsSchema
          .default({})
          .describe(
            'Named ranges of lead times (from issue to event); each is evaluated as the segment horizon=<name>.',
          ),
        intervalLevels: intervalLevelsSchema
          .default([0.05, 0.95])
          .describe("The quantiles of the actual that the bounds of a prediction's interval stand for."),
        peakHours: z
          .strictObject({
            hours: z
              .array(z.int().min(0).max(23))
              .min(1)
              .default([7, 8, 9, 17, 18, 19])
              .describe('Hours of the day.'),
            timeZone: timeZone.default('UTC').describe('Of those hours.'),
          })
          .prefault({})
          .describe('The hours of peak_hour_mape.'),
        limits: z
          .partialRecord(metric, limit)
          .default({})
          .describe(
            'The limit of each metric: a number is critical. They are rules over the pooled 7-day number unless degradation.rules says otherwise.',
          ),
        comparisons: comparisonSettingsSchema
          .prefault({})
          .describe('Comparisons of versions and baselines, and slices in which the model is weak.'),
      })
      .prefault({})
      .describe("How the model's errors are measured, and their limits."),
    degradation: degradationSettingsSchema.prefault({}).describe('When the model has degraded.'),
    retraining: retrainingSchema.optional().describe('When and how it is retrained; without it, never.'),
    alerts: alertSettingsSchema.prefault({}).describe('Who is told, and the life of an alert.'),
    report: reportSettingsSchema.prefault({}).describe('The performance report.'),
    retention: retentionSchema.optional().describe('How long its rows and results are kept.'),
    schedules: z
      .strictObject({
        jitter: durationLike('10m')
          .refine(
            (text) => !isDuration(text) || durationMs(text) <= durationMs(longestJitter),
            `write ${longestJitter} or less`,
          )
          .optional()
          .describe(
            'Start each run up to this much later, so that many models do not start in the same second. It still judges as of its scheduled time.',
          ),
        actualsBackfill: schedule('5 * * * *').describe('Attach new actuals.'),
        driftDetection: schedule('0 3 * * *').describe('Compare the current window with the reference.'),
        hourlyDriftDetection: schedule('15 * * * *', false).describe(
          'The same over the last 24 hours, every hour.',
        ),
        performanceEvaluation: schedule('20 3 * * *').describe(
          'Evaluate windows, and restate those whose actuals came late.',
        ),
        degradationCheck: schedule('40 3 * * *').describe(
          'Judge the rules, tell people, start a retraining.',
        ),
        weeklyReport: z
          .strictObject({
            enabled: z.boolean().optional().describe('By default if the report has recipients.'),
            ...timesOf('0 4 * * 1'),
          })
          .prefault({})
          .describe('Write the performance report.'),
      })
      .prefault({})
      .describe('When each process runs.'),
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
    if (monitor.source !== undefined) {
      for (const { path, message } of sourceProblems(monitor.source, monitor)) {
        problem(['source', ...path], message);
      }
    }
    // What it needs is told by durations that are right.
    if (monitor.retention !== undefined && context.issues.length === 0) {
      for (const { path, message } of retentionProblems(monitor)) {
        problem(['retention', ...path], message);
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
export type ScheduledProcess = Exclude<keyof Monitor['schedules'], 'jitter'>;

/**
 * The kind of the prediction and of the actual: numbers in a regression, classes in a classification.
 *
 * @example outcomeKind('regression') // 'continuous'
 */
export function outcomeKind(task: Monitor['task']): FeatureKind {
  return task === 'regression' ? 'continuous' : 'categorical';
}
