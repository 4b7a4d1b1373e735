/** Which alerts hold back which others, unless `alerts.yaml` says otherwise. */

import { z } from 'zod';

import { inhibitionRuleSchema } from './installation-settings.ts';
import type { InhibitionRule, InstallationSettings } from './installation-settings.ts';

/**
 * The message of a dataset names its drifted features; those of a segment are others. One that is critical while its dataset
 * is not is told.
 */
const featuresOf = (dataset: string, features: string): z.input<typeof inhibitionRuleSchema>[] => [
  {
    source: { kind: 'dataset-drift', severity: 'critical', subject: dataset },
    target: { kind: 'drift', subject: features },
  },
  {
    source: { kind: 'dataset-drift', subject: dataset },
    target: { kind: 'drift', subject: features, severity: ['info', 'warning'] },
  },
];

/** Without fresh data drift says little; who knows of the critical one needs no warning. */
const usual: z.input<typeof inhibitionRuleSchema>[] = [
  {
    source: { kind: 'freshness', subject: 'predictions' },
    target: { kind: ['drift', 'prediction-drift', 'dataset-drift'] },
  },
  { source: { kind: 'freshness', subject: 'actuals' }, target: { kind: 'actuals-drift' } },
  ...featuresOf('dataset', '*'),
  ...featuresOf('24h/dataset', '24h/*'),
  { source: { severity: 'critical' }, target: { severity: 'warning' }, equal: 'subject' },
];

const defaults = z.array(inhibitionRuleSchema).parse(usual);

/**
 * Which rules of inhibition hold? The default ones, then those of the installation: what an own rule holds back goes on holding back
 * by the default ones. Only its own with `defaultInhibition: false`.
 *
 * @example
 * const inhibition = [{ source: { kind: 'degradation' }, target: { kind: 'dataset-drift' } }];
 * inhibitionRulesOf(installationSettingsSchema.parse({ inhibition, defaultInhibition: false })).length // 1
 */
export function inhibitionRulesOf({
  inhibition,
  defaultInhibition,
}: Pick<InstallationSettings, 'inhibition' | 'defaultInhibition'>): readonly InhibitionRule[] {
  return defaultInhibition ? [...defaults, ...inhibition] : inhibition;
}
