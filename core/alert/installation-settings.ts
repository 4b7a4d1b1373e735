/** What holds for the alerts of all monitors: `alerts.yaml`, beside them. */

import { z } from 'zod';

import { isInstant } from '../window.ts';
import { alertKinds, severities } from './alert.ts';
import { modelPattern, routeSchema, someOf } from './route-settings.ts';

const instant = z.string().refine(isInstant, 'write an instant, for example "2026-11-29T08:00:00Z"');

const maintenance = z
  .strictObject({
    model: someOf(modelPattern).default('*'),
    from: instant,
    to: instant,
    /** People read it where they ask why they were not told. */
    reason: z.string().min(1).max(300),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be after from',
  });

const side = z.strictObject({
  kind: someOf(z.enum(alertKinds)).optional(),
  severity: someOf(z.enum(severities)).optional(),
});
type Side = z.output<typeof side>;

const inhibitionRule = z
  .strictObject({
    /** While such an alert is open, */
    source: side,
    /** people are not told of such ones */
    target: side,
    /** of the same model, or of the same model and subject. */
    equal: z.enum(['model', 'subject']).default('model'),
  })
  .refine(({ source, target }) => !mayBeBoth(source, target), {
    path: ['target'],
    message:
      'may be a source as well, so that two alerts could hold each other back; tell them apart by kind or severity',
  });
export type InhibitionRule = z.output<typeof inhibitionRule>;

/** Without fresh data drift says little; who knows of the critical one needs no warning. */
const usual: z.input<typeof inhibitionRule>[] = [
  {
    source: { kind: 'freshness' },
    target: { kind: ['drift', 'prediction-drift', 'actuals-drift', 'dataset-drift'] },
  },
  { source: { severity: 'critical' }, target: { severity: 'warning' }, equal: 'subject' },
];

export const installationSettingsSchema = z
  .strictObject({
    /** After those of the monitor itself; monitors may name them, too. */
    routes: z.array(routeSchema).default([]),
    maintenance: z.array(maintenance).default([]),
    inhibition: z.array(inhibitionRule).default(() => z.array(inhibitionRule).parse(usual)),
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
  return meet(a.kind, b.kind) && meet(a.severity, b.severity);
}
