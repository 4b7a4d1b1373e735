/** What holds for the alerts of all monitors: `alerts.yaml`, beside them. */

import { z } from 'zod';

import { isInstant } from '../window.ts';
import { alertKinds, severities } from './alert.ts';
import { modelPattern, routeSchema, someOf } from './route-settings.ts';
import { fitsPattern } from './routes.ts';

const instantWords = 'write an instant, for example "2026-11-29T08:00:00Z"';
const instant = z.string({ error: instantWords }).refine(isInstant, instantWords);

const maintenance = z
  .strictObject({
    model: someOf(modelPattern).default('*').describe('Which models, or patterns.'),
    from: instant.describe('When it begins.'),
    to: instant.describe('When it ends.'),
    reason: z.string().min(1).max(300).describe('Shown to people who ask why they were not told.'),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be after from',
  });

const side = z.strictObject({
  kind: someOf(z.enum(alertKinds)).optional().describe('Kinds of alerts; by default all.'),
  severity: someOf(z.enum(severities)).optional().describe('Severities; by default all.'),
  subject: someOf(z.string().min(1)).optional().describe('Such as hum; * stands for anything.'),
});
type Side = z.output<typeof side>;

export const inhibitionRuleSchema = z
  .strictObject({
    source: side.describe('While such an alert is open, it holds back its targets.'),
    target: side.describe('Nobody is told of such alerts.'),
    equal: z
      .enum(['model', 'subject'])
      .default('model')
      .describe('Both are of the same model, or of the same model and subject.'),
  })
  .refine(({ source, target }) => !mayBeBoth(source, target), {
    path: ['target'],
    message:
      'may be a source as well, so that two alerts could hold each other back; tell them apart by kind, severity or subject',
  });
export type InhibitionRule = z.output<typeof inhibitionRuleSchema>;

export const installationSettingsSchema = z
  .strictObject({
    routes: z
      .array(routeSchema)
      .default([])
      .describe('Tried after those of the monitor; monitors may name them, too.'),
    maintenance: z.array(maintenance).default([]).describe('Times in which nobody is told.'),
    inhibition: z
      .array(inhibitionRuleSchema)
      .default([])
      .describe('Which alerts hold back which, beside the default rules.'),
    defaultInhibition: z.boolean().default(true).describe('False: only the rules of inhibition apply.'),
  })
  .superRefine(({ routes }, context) => {
    for (const [index, { name }] of routes.entries()) {
      const first = routes.findIndex((other) => other.name === name);
      if (name !== undefined && first < index) {
        const message = `"${name}" is the name of route ${first + 1} already`;
        context.addIssue({ code: 'custom', path: ['routes', index, 'name'], message });
      }
    }
  });
export type InstallationSettings = z.output<typeof installationSettingsSchema>;

function mayBeBoth(a: Side, b: Side): boolean {
  const meet = (one: unknown, other: unknown): boolean =>
    one === undefined || other === undefined || [one].flat().some((word) => [other].flat().includes(word));
  return meet(a.kind, b.kind) && meet(a.severity, b.severity) && maySubjectsMeet(a.subject, b.subject);
}

/** Two patterns are taken to meet. */
function maySubjectsMeet(one: Side['subject'], other: Side['subject']): boolean {
  if (one === undefined || other === undefined) return true;
  const isPattern = (subject: string): boolean => /[*?]/.test(subject);
  return [one]
    .flat()
    .some((a) =>
      [other].flat().some((b) => (isPattern(a) && isPattern(b)) || fitsPattern(a, b) || fitsPattern(b, a)),
    );
}
