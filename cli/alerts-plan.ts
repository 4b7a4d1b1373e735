/** What an apply would do to the stored settings of the installation. */

import { configurationHash } from '../activities/monitors/configuration.ts';
import type { InstallationSettings } from '../core/alert/installation-settings.ts';
import { routeWarnings } from '../core/alert/route-warnings.ts';
import type { AlertsFile } from './alerts-file.ts';
import { alertsFileName } from './alerts-file.ts';
import { diffOf } from './monitor-plan.ts';

export type SettingsChange = { readonly name: string } & (
  | {
      readonly change: 'create' | 'update';
      readonly file: string;
      readonly settings: InstallationSettings;
      readonly hash: string;
      /** Unified diff from what is stored, with every default, to the new one. */
      readonly diff: string;
      /** What is allowed in its routes and hardly meant. */
      readonly warnings: readonly string[];
    }
  | { readonly change: 'unchanged' }
  /** Stored, but without a file: goes when pruning, stays as it is otherwise. */
  | { readonly change: 'delete' }
  | { readonly change: 'keep' }
);

/** Compares `alerts.yaml` with what is stored; nothing where there is neither. */
export function planSettings(
  { file, settings }: AlertsFile,
  stored: { readonly configuration: unknown; readonly configurationHash: string } | undefined,
  orphans: 'prune' | 'keep',
): readonly SettingsChange[] {
  const name = alertsFileName;
  if (file === undefined || settings === undefined) {
    const change = orphans === 'prune' ? 'delete' : 'keep';
    return stored === undefined ? [] : [{ name, change }];
  }
  const hash = configurationHash(settings);
  if (stored?.configurationHash === hash) return [{ name, change: 'unchanged' }];
  const change = stored === undefined ? 'create' : 'update';
  const diff = diffOf(file, stored?.configuration, settings);
  return [{ name, change, file, settings, hash, diff, warnings: routeWarnings(settings.routes) }];
}
