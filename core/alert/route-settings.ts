/** What people write about who is told of alerts: the routes of a monitor, and of the whole installation. */

import { z } from 'zod';

import { durationLike, emailAddress, insteadOf, timeZone as zone } from '../monitor/fields.ts';
import { weekdays } from '../window.ts';
import { alertKinds, severities } from './alert.ts';

/** True, or the name of one of several: `slack: oncall` is the webhook in SLACK_WEBHOOK_URL_ONCALL. */
const named = (variable: string, besides = '') =>
  z
    .union([
      z.boolean(),
      z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9-]{0,40}$/,
          `write the name in ${variable}_<NAME> in lower-case letters, digits and "-"${besides}, or true for ${variable}`,
        ),
    ])
    .default(false);

const channels = {
  pagerduty: named('PAGERDUTY_ROUTING_KEY').describe(
    'True, or the name of one of several: PAGERDUTY_ROUTING_KEY_<NAME>.',
  ),
  alertmanager: named('ALERTMANAGER_URL').describe(
    'True, or the name of one of several: ALERTMANAGER_URL_<NAME>.',
  ),
  slack: named('SLACK_WEBHOOK_URL', ' and not a channel').describe(
    'True, or the name of one of several: oncall is the webhook in SLACK_WEBHOOK_URL_ONCALL.',
  ),
  webhook: named('WEBHOOK_URL').describe(
    'True, or the name of one of several: WEBHOOK_URL_<NAME>, signed with WEBHOOK_SECRET_<NAME>.',
  ),
  email: z
    .union([emailAddress, z.array(emailAddress)])
    .transform((given) => [given].flat())
    .default([])
    .describe('One address or several.'),
};

/** Where messages can go, in the order in which one of a route takes the place of another. */
export const channelNames = ['pagerduty', 'alertmanager', 'slack', 'webhook', 'email'] as const;
export type ChannelName = (typeof channelNames)[number];

const channelsSchema = z.strictObject(channels);
export type RouteChannels = z.output<typeof channelsSchema>;

const wait = durationLike('30s', 's, m, h or d');

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write hours and minutes, for example "08:00"')
  .meta({ title: 'time of day' });

const timeZone = zone.default('UTC').describe('Of those times.');

const hours = z.strictObject({
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .default([...weekdays])
    .describe('Days of the week.'),
  from: timeOfDay.describe(
    'If to is not after from, they go past midnight and belong to the day on which they begin.',
  ),
  to: timeOfDay.describe('Until then.'),
  timeZone,
  otherwise: z
    .enum(['hold', 'skip'])
    .default('hold')
    .describe('Outside of them: hold the message until the next ones, or skip the route.'),
});
export type Hours = z.output<typeof hours>;

const digest = z.strictObject({ at: timeOfDay.default('08:00').describe('When it goes out.'), timeZone });

export const modelPattern = z
  .string()
  .regex(/^[a-z0-9._*?-]+$/, 'write a model, or a pattern such as "bike-*"');

/** One, or several. */
export const someOf = <T extends z.ZodType>(item: T): z.ZodUnion<[T, z.ZodArray<T>]> =>
  z.union([item, z.array(item).min(1)]);

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'use letters, digits and "_" in a label');

/** What a monitor says of itself for routes to tell it by, such as `team: bikes`. */
export const labelsSchema = z.record(labelName, z.string().min(1).max(100));
export type Labels = z.output<typeof labelsSchema>;

export const routeSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and "-"')
      .optional()
      .describe('Its name in monitors and in counts of messages.'),
    severity: someOf(z.enum(severities))
      .transform((given) => [given].flat())
      .default([...severities])
      .describe('Which severities it is for; by default all.'),
    kind: someOf(z.enum(alertKinds)).optional().describe('Which kinds of alerts; by default all.'),
    model: someOf(modelPattern)
      .optional()
      .describe('Which models, or patterns such as bike-*; by default all.'),
    labels: z.record(labelName, someOf(z.string())).optional().describe('Which labels a monitor must have.'),
    hours: hours.optional().describe('The hours in which it tells people.'),
    unacknowledgedFor: wait
      .optional()
      .describe('Only for alerts that nobody has acknowledged for this long.'),
    continue: z
      .boolean()
      .default(false)
      .describe('Also try the routes below; by default the first that matches is the only one.'),
    ...channels,
    fallback: z
      .array(channelsSchema)
      .default([])
      .describe(
        'Channels to try in order when one refuses a message for good; by default the others of the route.',
      ),
    groupBy: z
      .array(
        z.string().regex(/^(model|kind|subject|labels\.\w+)$/, {
          message: 'write one of model, kind, subject, labels.<name>',
        }),
      )
      .optional()
      .describe(
        'What alerts of one message have in common: model, kind, subject or labels.<name>; by default model and kind.',
      ),
    groupWait: wait
      .optional()
      .describe('How long the first message of a group waits for more; by default 30s.'),
    groupInterval: wait
      .optional()
      .describe('How long after one message of a group the next may go; by default 5m.'),
    digest: z
      .union([timeOfDay.transform((at) => ({ at, timeZone: 'UTC' })), digest])
      .optional()
      .describe('One message a day instead of groups: a time of day, or { at, timeZone }.'),
    budget: z
      .int({ error: insteadOf('write messages an hour, for example 10') })
      .positive()
      .optional()
      .describe('Messages per hour and recipient; the rest goes out in one when the hour is over.'),
  })
  .superRefine((route, context) => {
    for (const key of ['groupWait', 'groupInterval'] as const) {
      if (route.digest !== undefined && route[key] !== undefined) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'is not for a digest, which has its time of day',
        });
      }
    }
  })
  .meta({ title: 'route' });

/** A route with its defaults. */
export type Route = z.output<typeof routeSchema>;

/** A route of a monitor: written there, or the name of one in `alerts.yaml`. */
export const routesSchema = z.array(z.union([z.string(), routeSchema]));
export type Routes = z.output<typeof routesSchema>;
