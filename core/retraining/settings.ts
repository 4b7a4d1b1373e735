/** What a monitor says about its retrainings, under `retraining:`. */

import { z } from 'zod';

import { calendarDay, cron, dailyDuration, durationLike, someOfMany } from '../monitor/fields.ts';
import type { MetricName, Task } from '../performance/metrics.ts';
import { judgedMetrics, metricTable, percentText } from '../performance/metrics.ts';
import { dayMs, durationMs, isDuration, isInstant } from '../window.ts';
import { commandLine, httpAddress, trainerSchema } from './trainer-settings.ts';

const duration = durationLike('7d');
const metric = z.enum(judgedMetrics()).meta({ title: 'metric', description: 'A metric of performance.' });
const amount = z.number().nonnegative();

const ratioWords = 'write for example "2%", or the share 0.02';

/** `2%`, or the share 0.02; as a share afterwards. */
const ratio = z
  .union(
    [
      z
        .string()
        .regex(/^\d+(\.\d+)?%$/)
        .transform((text) => Number(text.slice(0, -1)) / 100),
      z.number().nonnegative(),
    ],
    { error: ({ input }) => (input === undefined ? `is missing; ${ratioWords}` : ratioWords) },
  )
  .meta({ title: 'share or percent' });

const verdicts = z.array(z.enum(['warning', 'critical']));

const triggers = z
  .strictObject({
    verdicts: verdicts
      .default(['critical'])
      .describe('The verdicts of the degradation check that start a retraining.'),
    of: someOfMany('checks', '2 of 3')
      .default('1 of 1')
      .describe('How many of the newest checks of the serving version, the newest included.'),
    drift: z
      .enum(['with-degradation', 'alone', 'ignore'])
      .default('with-degradation')
      .describe(
        'with-degradation: drift counts as far as the degradation rules say, as part of their verdict. alone: a drifted dataset starts a retraining, too, whatever the verdict. ignore: a verdict counts only if a rule about performance says so.',
      ),
    calendar: cron
      .optional()
      .describe('Also at the first check after each of these times (UTC), whatever the verdict.'),
    onNewOutcomes: z
      .int()
      .positive()
      .optional()
      .describe('Also after this many outcomes since the last training, whatever the verdict.'),
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
  .strictObject({
    from: dayOrInstant.describe('A day is its midnight in UTC.'),
    to: dayOrInstant.describe('Not included.'),
    reason: z.string().min(1).max(300).describe('Shown wherever it matters.'),
  })
  .refine(({ from, to }) => !dated(from) || !dated(to) || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be after from (the end day itself is not included)',
  })
  .meta({ title: 'period' });

const windowKinds = z.discriminatedUnion('kind', [
  /** The days right before the holdout. */
  z.strictObject({
    kind: z.literal('trailing'),
    length: dailyDuration.default('45d').describe('The days right before the holdout.'),
  }),
  /** All there is, or all since a day. */
  z.strictObject({
    kind: z.literal('expanding'),
    from: calendarDay.optional().describe('By default all there is.'),
  }),
  /** What came after the model's world last changed. */
  z
    .strictObject({
      kind: z.literal('since-change'),
      atLeast: dailyDuration.default('14d').describe('Not shorter than this.'),
      atMost: dailyDuration.default('180d').describe('Not longer than this.'),
    })
    .refine(
      ({ atLeast, atMost }) =>
        !isDuration(atLeast) || !isDuration(atMost) || durationMs(atLeast) <= durationMs(atMost),
      { path: ['atMost'], message: 'is shorter than atLeast' },
    ),
]);

const trainingWindow = z.union(
  [dailyDuration.transform((length) => ({ kind: 'trailing' as const, length })), windowKinds],
  'write whole days, for example "45d", or a mapping such as { kind: since-change } (or trailing, expanding)',
);

/** One-sided: 0.8 is wrong of one in five that are exactly as good as the gate asks. */
const confidence = z.union([
  z
    .string()
    .regex(/^(5\d|[6-9]\d)(\.\d+)?%$/, 'write for example "80%", from 50% to less than 100%')
    .transform((text) => Number(text.slice(0, -1)) / 100),
  z.number().min(0.5).lt(1),
]);

/** See `judgeGates`. */
const certainty = z
  .union(
    [z.enum(['point', 'interval']), confidence],
    'write point, interval, or how sure it must be, for example 80%',
  )
  .meta({ title: 'certainty' })
  .prefault('point')
  .describe(
    'How sure it must be: point by the number alone, interval by the whole 95% interval, 80% with that confidence.',
  );

/** What a challenger must show against the champion, each on the same rows. */
const gate = z
  .union(
    [
      /** Better by at least so much of the champion's number. */
      z.strictObject({
        metric,
        better: ratio.describe("Better by at least this share of the champion's number."),
        certainty,
      }),
      /** Worse by at most so much; with `segments: each`, in every segment that has enough rows. */
      z.strictObject({
        metric,
        worse: ratio.describe("Worse by at most this share of the champion's number."),
        segments: z.literal('each').optional().describe('each: in every segment that has enough rows.'),
        certainty,
      }),
      /** As the trainer measured it. */
      z.strictObject({
        latency: z.enum(['p50', 'p95']).describe('As the trainer measured it.'),
        worse: ratio.describe('Slower by at most this.'),
      }),
    ],
    'is not a gate; write for example { metric: rmse, better: 2% } or { latency: p95, worse: 0% }',
  )
  .meta({ title: 'gate' });
export type GateSettings = z.output<typeof gate>;

/** A promotion is above the risk, and waits for a person, when any of these holds. */
const risk = z.strictObject({
  improvementBelow: ratio.default(0.05).describe('The challenger is better by less than this.'),
  segmentWorse: ratio.default(0.02).describe('Some segment is worse by more than this.'),
  rowsBelow: z.int().nonnegative().default(200).describe('They were compared on fewer rows.'),
});

const approvalKinds = z.enum(['auto', 'manual', 'manual-above-risk']);
const approvalDetails = z.strictObject({
  kind: approvalKinds.default('auto').describe('Who decides on a promotion.'),
  timeout: duration
    .default('7d')
    .describe('How long a person has, by the wall clock; then the challenger is rejected.'),
  risk: risk
    .prefault({})
    .describe('For manual-above-risk: a promotion waits for a person when any of these holds.'),
});
const approval = z.union([
  approvalKinds.transform((kind) => approvalDetails.parse({ kind })),
  approvalDetails,
]);

const rolloutKinds = z.enum(['none', 'shadow', 'canary']);
const rolloutDetails = z.strictObject({
  kind: rolloutKinds
    .default('none')
    .describe(
      'What comes before a promotion: nothing, predicting beside the champion, or a share of the traffic.',
    ),
  for: dailyDuration.default('3d').describe('For how long.'),
  share: z
    .number()
    .positive()
    .max(0.5, 'write a share of the traffic, at most 0.5')
    .default(0.1)
    .describe('Share of traffic for the challenger of a canary.'),
});
const rollout = z.union([rolloutKinds.transform((kind) => rolloutDetails.parse({ kind })), rolloutDetails]);

/** The activity that waits for it gives up an hour later. */
const longestHookMs = dayMs;

const hook = z.union(
  [
    z.strictObject({ url: httpAddress.describe('Called by a signed request.') }),
    z.strictObject({
      command: commandLine.describe("A program on the worker's machine and its arguments."),
      timeout: durationLike('1m', 's, m or h')
        .refine((text) => !isDuration(text) || durationMs(text) <= longestHookMs, 'write at most "24h"')
        .default('1m')
        .describe('How long it may take, a day at most.'),
    }),
  ],
  'is not a hook; write { url: ... } or { command: [...] }',
);

export const retrainingSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('False: nothing starts by itself.'),
  trainer: trainerSchema.describe('Who fits a challenger when asked.'),
  triggers: z
    .union(
      [verdicts.min(1).transform((list) => triggers.parse({ verdicts: list })), triggers],
      'write verdicts such as [critical], or a mapping such as { verdicts: [critical], calendar: "0 4 1 * *" }',
    )
    .prefault({})
    .describe('What starts a retraining: any of these.'),
  cooldown: duration.default('14d').describe('From start to start.'),
  maxPerMonth: z.int().positive().optional().describe('Starts per calendar month, UTC.'),
  budget: z
    .strictObject({
      perMonth: amount.describe('All trainings of a calendar month, in any currency.'),
      perTraining: amount.default(0).describe('Cost assumed for one until a trainer reports it.'),
    })
    .refine(({ perMonth, perTraining }) => perTraining <= perMonth, {
      path: ['perTraining'],
      message: 'is more than perMonth, so that nothing could ever start',
    })
    .optional()
    .describe('What trainings may cost.'),
  value: z
    .strictObject({
      perUnitOfError: z
        .number()
        .positive()
        .describe('What one unit less of the metric is worth per outcome, in the currency of the budget.'),
    })
    .optional()
    .describe('Turns a gain into days until it paid.'),
  freezePeriods: z.array(period).default([]).describe('Nothing starts in them.'),
  quality: z
    .enum(['quiet', 'ignore'])
    .default('quiet')
    .describe('quiet: do not train while the data quality is critical.'),
  minimumOutcomes: z.int().positive().default(200).describe('In the training window.'),
  minimumNewOutcomes: z.int().nonnegative().default(0).describe('Since the last training.'),
  trainingWindow: trainingWindow
    .prefault({ kind: 'trailing' })
    .describe(
      "Which rows to learn from: a length, or trailing, expanding, or since-change (what came after the model's world last changed).",
    ),
  exclude: z
    .array(period)
    .default([])
    .describe('Left out of the training, for example because the data were broken.'),
  holdout: dailyDuration
    .default('7d')
    .describe('The newest days, kept out of training to compare champion and challenger on them.'),
  metric: metric
    .optional()
    .describe('The number that decides between champion and challenger; by default rmse or log_loss.'),
  minimumImprovement: ratio
    .refine((value) => value < 1, 'write less than 100%')
    .prefault(0.02)
    .describe('Of the default gate: better by this share, with a certainty of 80%.'),
  gates: z
    .array(gate)
    .min(1)
    .optional()
    .describe(
      'What a challenger must show against the champion, each on the same rows; by default one: with a certainty of 80%, the metric is better by minimumImprovement.',
    ),
  approval: approval.prefault('auto').describe('Whether a person has to agree.'),
  rollout: rollout.prefault('none').describe('What comes before the promotion.'),
  promotion: z
    .strictObject({ hook: hook.optional().describe('Tells the serving system, before the stages change.') })
    .prefault({})
    .describe('What a promotion does.'),
  verify: z
    .strictObject({
      for: dailyDuration.default('7d').describe('How long to compare the new champion with the old one.'),
      rollBack: z
        .enum(['auto', 'never'])
        .default('auto')
        .describe('Whether a clearly worse one is rolled back.'),
    })
    .prefault({})
    .describe('What comes after a promotion.'),
  reference: z
    .enum(['keep', 'training-window'])
    .default('keep')
    .describe('What drift is measured against after a promotion.'),
  registry: z
    .strictObject({
      mlflow: z
        .strictObject({
          url: httpAddress.describe('The tracking server.'),
          registeredModel: z.string().min(1).describe('The name of the model there.'),
        })
        .optional()
        .describe('Versions, aliases and evaluations are written there, too.'),
    })
    .prefault({})
    .describe('Where else to record versions.'),
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

/**
 * What in a retraining policy can be read, but cannot be meant: a gate that no version passes, one that stands twice, no time for a
 * trainer. Asked when a policy is written, not of one that is stored.
 *
 * @example
 * const policy = { trainer: { timeout: '6h' }, gates: [{ metric: 'rmse', better: 2, certainty: 'point' }] };
 * meaninglessIn(policy)[0] // { path: ['gates', 0, 'better'], message: 'no error can be 200% better; write less than 100%' }
 */
export function meaninglessIn({
  trainer: { timeout },
  gates = [],
}: {
  readonly trainer: Pick<RetrainingPolicy['trainer'], 'timeout'>;
  readonly gates?: RetrainingPolicy['gates'];
}): readonly RetrainingProblem[] {
  const written = gates.map((gate) => JSON.stringify(gate));
  return [
    ...(durationMs(timeout) === 0
      ? [{ path: ['trainer', 'timeout'], message: 'leaves no time to train; write for example "6h"' }]
      : []),
    ...gates.flatMap((gate, index): RetrainingProblem[] => {
      if (written.indexOf(written[index]!) < index)
        return [{ path: ['gates', index], message: 'stands above already; remove one' }];
      if (!('better' in gate) || gate.better < 1) return [];
      if (metricTable[gate.metric].direction !== 'lower-is-better') return [];
      const message = `no error can be ${percentText(gate.better)} better; write less than 100%`;
      return [{ path: ['gates', index, 'better'], message }];
    }),
  ];
}

function dated(text: string): boolean {
  return dayOrInstant.safeParse(text).success;
}
