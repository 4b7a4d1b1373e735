/** The degradation rules of a monitor, as people write them under `degradation:`. */

import { z } from 'zod';

import { share, someOfMany } from '../monitor/fields.ts';
import type { MetricName, Task } from '../performance/metrics.ts';
import { judgedMetrics, metricTable } from '../performance/metrics.ts';
import { builtInChecks } from '../quality/check.ts';
import { expectationRules } from '../quality/expectations.ts';
import { isDuration } from '../window.ts';
import type { Condition, DegradationRule, MetricCondition } from './rules.ts';

const metric = z
  .enum(judgedMetrics())
  .meta({ title: 'metric', description: 'A metric of performance, of the serving version.' });

const days = z
  .string()
  .regex(/^[1-9]\d*[dw]$/, { error: 'write whole days or weeks, for example "7d"', abort: true })
  .refine((text) => isDuration(text));

const level = z.enum(['warning', 'critical']).describe('Its level when it fires.');
const name = z.string().min(1).max(100).optional().describe('The name that people are told.');
const certainty = z
  .enum(['interval', 'point'])
  .optional()
  .describe('interval: the whole interval must be beyond the limit (the default); point: the number.');

const worseThan = z.strictObject({
  baseline: z
    .string()
    .regex(
      /^(reference|validation|[1-9]\d*[dw] before)$/,
      'write reference, validation, or for example "28d before"',
    )
    .describe(
      'reference: the reference window of the monitor; 28d before: the time right before the judged window; validation: the number of the serving version on the held-out rows it was promoted by.',
    ),
  by: z
    .union([
      z.string().regex(/^\d+(\.\d+)?%$/, 'write for example "20%", or a number in the unit of the metric'),
      z.number().nonnegative(),
    ])
    .describe('A share of the baseline, or a number in the unit of the metric.'),
});

const evidence = {
  certainty,
  minimumOutcomes: z
    .int()
    .positive()
    .optional()
    .describe('Outcomes below which it cannot be judged, if more than performance.minimumOutcomes.'),
  minimumCoverage: share.optional().describe('Coverage below which it cannot be judged.'),
  name,
};

const metricRule = {
  metric,
  over: days.default('7d').describe('The length of the window.'),
  aggregate: z
    .enum(['pooled', 'daily-mean'])
    .default('pooled')
    .describe(
      'pooled: one number over all outcomes of the window; daily-mean: the plain mean of its daily numbers.',
    ),
  limit: z.number().optional().describe('What the metric must not pass.'),
  worseThan: worseThan.optional().describe('Instead of a limit: how much worse than a baseline.'),
  windows: someOfMany('windows', '3 of 5')
    .optional()
    .describe('How many of how many windows must be beyond the limit.'),
  every: days.optional().describe('How far those windows lie apart.'),
  ...evidence,
};

const trendRule = {
  trend: metric,
  over: days.default('14d').describe('How many days the line is fitted to.'),
  perDay: z.number().nonnegative().describe('How much worse it may get per day.'),
  ...evidence,
};

const atLeast = z.enum(['warning', 'critical']).default('warning').describe('From this verdict on.');
const driftRules = [
  {
    drift: z.literal('dataset').describe('What has drifted.'),
    share: share.default(0.5).describe('The share of drifted features above which it fires.'),
    name,
  },
  {
    drift: z.literal('feature').describe('What has drifted.'),
    feature: z.string().describe('Which feature.'),
    atLeast,
    name,
  },
  { drift: z.enum(['prediction', 'confidence', 'actual']).describe('What has drifted.'), atLeast, name },
] as const;

const expectationChecks = [...expectationRules, 'column' as const].map((rule) => `expect-${rule}` as const);
const qualityRule = {
  quality: z
    .enum(['any', ...builtInChecks, ...expectationChecks])
    .describe('A check of data quality, or any of them.'),
  feature: z.string().optional().describe('Which feature; by default any.'),
  atLeast,
  name,
};

const inner = z.lazy(() => condition);
const several = (meaning: string): z.ZodType => z.array(inner).min(1).describe(meaning);
const compositeRules = [
  { all: several('Fires when each of them does.'), name },
  { any: several('Fires when one of them does.'), name },
  { not: inner.describe('Fires when this one can be judged and does not.'), name },
] as const;

/** A rule needs something to hold its metric against. */
function withLimit<T extends z.ZodType<{ limit?: number | undefined; worseThan?: object | undefined }>>(
  rule: T,
): T {
  return rule.superRefine(({ limit, worseThan }, context) => {
    if ((limit === undefined) !== (worseThan === undefined)) return;
    const message =
      limit === undefined
        ? 'is missing; write a number, or worseThan'
        : 'stands beside worseThan; remove one';
    context.addIssue({ code: 'custom', path: ['limit'], message });
  });
}

const kinds = { error: 'is not a rule; it begins with one of metric, trend, drift, quality, all, any, not' };

/** What stands in `all`, `any` and `not`: the level belongs to the whole. */
const condition: z.ZodType<Condition, ConditionInput> = z
  .union(
    [
      withLimit(z.strictObject(metricRule)),
      z.strictObject(trendRule),
      z.discriminatedUnion('drift', [
        z.strictObject(driftRules[0]),
        z.strictObject(driftRules[1]),
        z.strictObject(driftRules[2]),
      ]),
      z.strictObject(qualityRule),
      ...compositeRules.map((rule) => z.strictObject(rule)),
    ],
    kinds,
  )
  .meta({
    id: 'condition',
    title: 'condition',
    description: 'An entry of `all`, `any` or `not`: a rule without a level.',
  }) as unknown as z.ZodType<Condition, ConditionInput>;

const critical = { level: level.default('critical') };
const warning = { level: level.default('warning') };

/** One rule, told from the others by its first key. */
export const degradationRuleSchema: z.ZodType<DegradationRule, DegradationRuleInput> = z
  .union(
    [
      withLimit(z.strictObject({ ...metricRule, ...critical })),
      z.strictObject({ ...trendRule, ...warning }),
      z.discriminatedUnion('drift', [
        z.strictObject({ ...driftRules[0], ...warning }),
        z.strictObject({ ...driftRules[1], ...warning }),
        z.strictObject({ ...driftRules[2], ...warning }),
      ]),
      z.strictObject({ ...qualityRule, ...warning }),
      ...compositeRules.map((rule) => z.strictObject({ ...rule, ...critical })),
    ],
    kinds,
  )
  .meta({ title: 'rule' }) as unknown as z.ZodType<DegradationRule, DegradationRuleInput>;

type Written<T> = T extends unknown
  ? Omit<T, 'over' | 'aggregate' | 'share' | 'atLeast' | 'all' | 'any' | 'not'> &
      Partial<Pick<T, Extract<keyof T, 'over' | 'aggregate' | 'share' | 'atLeast'>>>
  : never;
type Simple = Exclude<
  Condition,
  { readonly all: unknown } | { readonly any: unknown } | { readonly not: unknown }
>;
/** A condition as people write it: what has a default may be left out. */
export type ConditionInput =
  | Written<Simple>
  | { readonly all: readonly ConditionInput[]; readonly name?: string | undefined }
  | { readonly any: readonly ConditionInput[]; readonly name?: string | undefined }
  | { readonly not: ConditionInput; readonly name?: string | undefined };
export type DegradationRuleInput = ConditionInput & { readonly level?: 'warning' | 'critical' | undefined };

export const degradationSettingsSchema = z.strictObject({
  rules: z
    .array(degradationRuleSchema)
    .optional()
    .describe('By default one pooled 7-day rule for each of performance.limits.'),
});

interface Watched {
  readonly task: Task;
  readonly features: Readonly<Record<string, unknown>>;
  readonly reference: { readonly kind: string };
}

export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * What in a rule does not go with the rest of its monitor: a metric of another task, a feature that it does not have, a
 * baseline that has no rows. Paths start at the rule.
 *
 * @example
 * const monitor = { task: 'regression', features: { hum: {} }, reference: { kind: 'rolling' } };
 * ruleProblems({ drift: 'feature', feature: 'humm', atLeast: 'warning' }, monitor)
 * // [{ path: ['feature'], message: '"humm" is not a feature of this monitor' }]
 */
export function ruleProblems(rule: Condition, monitor: Watched): readonly RuleProblem[] {
  const within = (key: string | number, inner: readonly RuleProblem[]): RuleProblem[] =>
    inner.map(({ path, message }) => ({ path: [key, ...path], message }));
  const ofList = (key: string, parts: readonly Condition[]): RuleProblem[] =>
    within(
      key,
      parts.flatMap((part, index) => within(index, ruleProblems(part, monitor))),
    );
  if ('all' in rule) return ofList('all', rule.all);
  if ('any' in rule) return ofList('any', rule.any);
  if ('not' in rule) return within('not', ruleProblems(rule.not, monitor));
  if ('trend' in rule) return metricProblems('trend', rule.trend, monitor);
  if ('metric' in rule) {
    return [...metricProblems('metric', rule.metric, monitor), ...baselineProblems(rule, monitor)];
  }
  if (!('feature' in rule) || rule.feature === undefined || Object.hasOwn(monitor.features, rule.feature))
    return [];
  return [{ path: ['feature'], message: `"${rule.feature}" is not a feature of this monitor` }];
}

function metricProblems(key: string, metric: MetricName, { task }: Watched): RuleProblem[] {
  if (metricTable[metric].task === task) return [];
  const known = judgedMetrics(task);
  return [{ path: [key], message: `is not a ${task} metric; write one of ${known.join(', ')}` }];
}

function baselineProblems({ worseThan }: MetricCondition, { reference }: Watched): RuleProblem[] {
  if (worseThan?.baseline !== 'reference' || reference.kind !== 'training-statistics') return [];
  const message = 'a reference of training statistics has no outcomes; write for example "28d before"';
  return [{ path: ['worseThan', 'baseline'], message }];
}
