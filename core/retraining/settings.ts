/** What a monitor says about its retrainings, under `retraining:`. */

import { z } from 'zod';

import { calendarDay, cron, dailyDuration, durationLike, share, someOfMany } from '../monitor/fields.ts';
import type { MetricName, Task } from '../performance/metrics.ts';
import { judgedMetrics } from '../performance/metrics.ts';
import { durationMs, isDuration, isInstant } from '../window.ts';
import { commandLine, httpAddress, trainerSchema } from './trainer-settings.ts';

const duration = durationLike('7d');
const metric = z.enum(judgedMetrics());
const amount = z.number().nonnegative();

/** `2%`, or the share 0.02; as a share afterwards. */
const ratio = z.union([
  z
    .string()
    .regex(/^\d+(\.\d+)?%$/, 'write for example "2%"')
    .transform((text) => Number(text.slice(0, -1)) / 100),
  z.number().nonnegative(),
]);

const verdicts = z.array(z.enum(['warning', 'critical']));

const triggers = z
  .strictObject({
    /** The verdicts of the degradation check that start a retraining. */
    verdicts: verdicts.default(['critical']),
    /** So many of the newest checks of the serving version, the newest one among them. */
    of: someOfMany('checks', '2 of 3').default('1 of 1'),
    /**
     * `with-degradation`: drift counts as far as the degradation rules say, as part of their verdict. `alone`: a drifted dataset
     * starts a retraining, too, whatever the verdict. `ignore`: a verdict counts only if a rule about performance says so.
     */
    drift: z.enum(['with-degradation', 'alone', 'ignore']).default('with-degradation'),
    /** Also at the first check after each of these times (UTC), whatever the verdict. */
    calendar: cron.optional(),
    /** Also when so many outcomes have come since the last training, whatever the verdict. */
    onNewOutcomes: z.int().positive().optional(),
  })
  .refine(
    ({ verdicts, drift, calendar, onNewOutcomes }) =>
      verdicts.length > 0 || drift === 'alone' || calendar !== undefined || onNewOutcomes !== undefined,
    { path: ['verdicts'], message: 'nothing starts a retraining; name a verdict, or write enabled: false' },
  );

const dayOrInstant = z
  .string()
  .refine(
    (text) => isInstant(text) || calendarDay.safeParse(text).success,
    'write a day such as 2011-12-24, or an instant such as "2011-12-24T18:00:00Z"',
  );

/** A time that people name, with the reason for it. A day is its midnight in UTC, so that the day `to` is not part of it. */
const period = z
  .strictObject({ from: dayOrInstant, to: dayOrInstant, reason: z.string().min(1).max(300) })
  .refine(({ from, to }) => !dated(from) || !dated(to) || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be after from (the end day itself is not included)',
  });

const windowKinds = z.discriminatedUnion('kind', [
  /** The days right before the holdout. */
  z.strictObject({ kind: z.literal('trailing'), length: dailyDuration.default('45d') }),
  /** All there is, or all since a day. */
  z.strictObject({ kind: z.literal('expanding'), from: calendarDay.optional() }),
  /** What came after the model's world last changed. */
  z
    .strictObject({
      kind: z.literal('since-change'),
      atLeast: dailyDuration.default('14d'),
      atMost: dailyDuration.default('180d'),
    })
    .refine(
      ({ atLeast, atMost }) =>
        !isDuration(atLeast) || !isDuration(atMost) || durationMs(atLeast) <= durationMs(atMost),
      { path: ['atMost'], message: 'is shorter than atLeast' },
    ),
]);

const trainingWindow = z.union([
  dailyDuration.transform((length) => ({ kind: 'trailing' as const, length })),
  windowKinds,
]);

/** `interval`: to be better, or worse, by so much must be more than chance; see `judgeGates`. */
const certainty = z.enum(['point', 'interval']).default('point');

/** What a challenger must show against the champion, each on the same rows. */
const gate = z.union(
  [
    /** Better by at least so much of the champion's number. */
    z.strictObject({ metric, better: ratio, certainty }),
    /** Worse by at most so much; with `segments: each`, in every segment that has enough rows. */
    z.strictObject({ metric, worse: ratio, segments: z.literal('each').optional(), certainty }),
    /** As the trainer measured it. */
    z.strictObject({ latency: z.enum(['p50', 'p95']), worse: ratio }),
  ],
  'is not a gate; write for example { metric: rmse, better: 2% } or { latency: p95, worse: 0% }',
);
export type GateSettings = z.output<typeof gate>;

/** A promotion is above the risk, and waits for a person, when any of these holds. */
const risk = z.strictObject({
  /** The challenger is better by less than this. */
  improvementBelow: ratio.default(0.05),
  /** Some segment is worse by more than this. */
  segmentWorse: ratio.default(0.02),
  /** They were compared on fewer rows. */
  rowsBelow: z.int().nonnegative().default(200),
});

const approvalKinds = z.enum(['auto', 'manual', 'manual-above-risk']);
const approvalDetails = z.strictObject({
  kind: approvalKinds.default('auto'),
  /** How long a person has, by the wall clock; then the challenger is rejected. */
  timeout: duration.default('7d'),
  risk: risk.prefault({}),
});
const approval = z.union([
  approvalKinds.transform((kind) => approvalDetails.parse({ kind })),
  approvalDetails,
]);

const rolloutKinds = z.enum(['none', 'shadow', 'canary']);
const rolloutDetails = z.strictObject({
  kind: rolloutKinds.default('none'),
  for: dailyDuration.default('3d'),
  /** Of the traffic, to the challenger of a canary. */
  share: z.number().positive().max(0.5, 'write a share of the traffic, at most 0.5').default(0.1),
});
const rollout = z.union([rolloutKinds.transform((kind) => rolloutDetails.parse({ kind })), rolloutDetails]);

const hook = z.union(
  [
    z.strictObject({ url: httpAddress }),
    z.strictObject({ command: commandLine, timeout: durationLike('1m', 's, m or h').default('1m') }),
  ],
  'is not a hook; write { url: ... } or { command: [...] }',
);

export const retrainingSchema = z.strictObject({
  enabled: z.boolean().default(true),
  trainer: trainerSchema,
  triggers: z
    .union([verdicts.min(1).transform((list) => triggers.parse({ verdicts: list })), triggers])
    .prefault({}),
  /** From start to start. */
  cooldown: duration.default('14d'),
  /** Starts in a month of the calendar, UTC. */
  maxPerMonth: z.int().positive().optional(),
  /** In any currency: the trainings of a month of the calendar together, and what one counts until a trainer says its cost. */
  budget: z
    .strictObject({ perMonth: amount, perTraining: amount.default(0) })
    .refine(({ perMonth, perTraining }) => perTraining <= perMonth, {
      path: ['perTraining'],
      message: 'is more than perMonth, so that nothing could ever start',
    })
    .optional(),
  /** What one unit of the metric less is worth for each outcome, in the currency of the budget. */
  value: z.strictObject({ perUnitOfError: z.number().positive() }).optional(),
  /** Nothing starts in them. */
  freezePeriods: z.array(period).default([]),
  /** `quiet`: do not train while the data quality is critical. */
  quality: z.enum(['quiet', 'ignore']).default('quiet'),
  /** In the training window. */
  minimumOutcomes: z.int().positive().default(200),
  /** Since the last training. */
  minimumNewOutcomes: z.int().nonnegative().default(0),
  trainingWindow: trainingWindow.prefault({ kind: 'trailing' }),
  /** Left out of the training, for example because the data were broken. */
  exclude: z.array(period).default([]),
  holdout: dailyDuration.default('7d'),
  /** The number that decides between champion and challenger; by default rmse or log_loss. */
  metric: metric.optional(),
  minimumImprovement: share.default(0.02),
  /** By default one: the metric is better by `minimumImprovement`. */
  gates: z.array(gate).min(1).optional(),
  approval: approval.prefault('auto'),
  rollout: rollout.prefault('none'),
  /** `hook` tells the serving system, before the stages change. */
  promotion: z.strictObject({ hook: hook.optional() }).prefault({}),
  /** How long the new champion is held against the old one, and whether a clearly worse one is taken back. */
  verify: z
    .strictObject({ for: dailyDuration.default('7d'), rollBack: z.enum(['auto', 'never']).default('auto') })
    .prefault({}),
  /** What drift is measured against after a promotion. */
  reference: z.enum(['keep', 'training-window']).default('keep'),
  registry: z
    .strictObject({
      mlflow: z.strictObject({ url: httpAddress, registeredModel: z.string().min(1) }).optional(),
    })
    .prefault({}),
});

export type RetrainingPolicy = z.output<typeof retrainingSchema>;

export interface RetrainingProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * What in a retraining policy does not go with the rest of its monitor: a metric of another task, gates for segments that it
 * does not have. Paths start at `retraining`.
 *
 * @example retrainingProblems({ metric: 'f1' }, { task: 'regression', segments: [] })[0].path // ['metric']
 */
export function retrainingProblems(
  policy: Pick<RetrainingPolicy, 'metric' | 'gates'>,
  monitor: { readonly task: Task; readonly segments: readonly string[] },
): readonly RetrainingProblem[] {
  const known: readonly string[] = judgedMetrics(monitor.task);
  const ofTask = (path: RetrainingProblem['path'], name: MetricName | undefined): RetrainingProblem[] => {
    if (name === undefined || known.includes(name)) return [];
    return [{ path, message: `is not a ${monitor.task} metric; write one of ${known.join(', ')}` }];
  };
  return [
    ...ofTask(['metric'], policy.metric),
    ...(policy.gates ?? []).flatMap((gate, index) => {
      const problems = 'metric' in gate ? ofTask(['gates', index, 'metric'], gate.metric) : [];
      if (!('segments' in gate) || gate.segments === undefined || monitor.segments.length > 0)
        return problems;
      const message = 'this monitor has no segments; name some, or remove this';
      return [...problems, { path: ['gates', index, 'segments'], message }];
    }),
  ];
}

function dated(text: string): boolean {
  return dayOrInstant.safeParse(text).success;
}
