/** What people expect of a column, as they write it under `expect:` or in a suite of expectations. */

import { z } from 'zod';

import { compilePattern } from './pattern.ts';

export const expectationRules = ['min', 'max', 'notNull', 'in', 'unique', 'matches'] as const;
export type ExpectationRule = (typeof expectationRules)[number];

const level = z.enum(['warning', 'critical']);

const share = z
  .number()
  .gt(0, 'write true, or a share above 0 and at most 1, for example 0.99')
  .max(1, 'write true, or a share above 0 and at most 1, for example 0.99');

const pattern = z.string().superRefine((text, context) => {
  const compiled = compilePattern(text);
  if ('problem' in compiled) context.addIssue({ code: 'custom', message: compiled.problem });
});

/**
 * The expectations of one column. Missing values are spoken of by `notNull` alone: the others hold for what is there.
 *
 * @example expectationsSchema.parse({ min: 0, max: 1, notNull: 0.99 }).level // 'critical'
 */
export const expectationsSchema = z
  .strictObject({
    min: z.number().optional().describe('No value below; anything but a number fails.'),
    max: z.number().optional().describe('No value above; anything but a number fails.'),
    notNull: z
      .union([z.literal(true), share])
      .optional()
      .describe('No value missing, or at least this share of rows with a value.'),
    in: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .optional()
      .describe('No other values. The number 1 and the text "1" are the same, as in categorical columns.'),
    unique: z.literal(true).optional().describe('No value twice.'),
    matches: pattern
      .optional()
      .describe('A regular expression found in every value; ^ and $ make it the whole value.'),
    level: level.default('critical').describe('The level of a failure.'),
  })
  .superRefine((rules, context) => {
    if (expectationRules.every((rule) => rules[rule] === undefined)) {
      const message = `expects nothing; write at least one of ${expectationRules.join(', ')}`;
      context.addIssue({ code: 'custom', path: [], message });
    }
    if (rules.min !== undefined && rules.max !== undefined && rules.min > rules.max) {
      context.addIssue({ code: 'custom', path: ['max'], message: `is below min, ${rules.min}` });
    }
  });

/** With the default level filled in. */
export type Expectations = z.output<typeof expectationsSchema>;
/** As people write them. */
export type ExpectationsInput = z.input<typeof expectationsSchema>;
