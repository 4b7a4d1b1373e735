/** What an apply would do to the stored settings of the installation. */

import { configurationHash } from '../activities/monitors/configuration.ts';
import type { InstallationSettings } from '../core/alert/installation-settings.ts';
import { routeWarnings } from '../core/alert/route-warnings.ts';
import type { Watched } from './alert-warnings.ts';
import { misfitWarnings, overWarnings } from './alert-warnings.ts';
import type { AlertsFile } from './alerts-file.ts';
import { alertsFileName } from './alerts-file.ts';
import { diffOf } from './monitor-plan.ts';

export type SettingsChange = { readonly name: string } & (
  | {
      readonly change: 'create' | 'update';
      readonly file: string;
      readonly settings: InstallationSettings;
      readonly hash: string;
      /** Unified diff: of a new one what is written, of another one what changes in it, defaults included. */
      readonly diff: string;
      /** What is allowed in it and hardly meant. */
      readonly warnings: readonly string[];
    }
  /** A monitor that is renamed or gone may leave a route without alerts, too. */
  | { readonly change: 'unchanged'; readonly warnings: readonly string[] }
  /** Stored, but without a file: goes when pruning, stays as it is otherwise. */
  | { readonly change: 'delete' }
  | { readonly change: 'keep' }
);

/** Compares `alerts.yaml` with what is stored, beside the monitors watched after the apply; nothing where there is neither. */
export function planSettings(
  { file, settings, written = {} }: AlertsFile,
  stored: { readonly configuration: unknown; readonly configurationHash: string } | undefined,
  orphans: 'prune' | 'keep',
  { watched, now }: { readonly watched: readonly Watched[]; readonly now: number },
): readonly SettingsChange[] {
  const name = alertsFileName;
  if (file === undefined || settings === undefined) {
    const change = orphans === 'prune' ? 'delete' : 'keep';
    return stored === undefined ? [] : [{ name, change }];
  }
  const hash = configurationHash(settings);
  const misfits = misfitWarnings(settings, watched);
  if (stored?.configurationHash === hash) return [{ name, change: 'unchanged', warnings: misfits }];
  const change = stored === undefined ? 'create' : 'update';
  const diff = diffOf(
    file,
    stored?.configuration,
    stored === undefined ? shown(written, settings) : settings,
  );
  const warnings = [...routeWarnings(settings.routes), ...misfits, ...overWarnings(settings, now)];
  return [{ name, change, file, settings, hash, diff, warnings }];
}

/** What is written, and beside own rules of inhibition that the default ones hold, too. */
function shown(written: object, { defaultInhibition }: InstallationSettings): object {
  return 'inhibition' in written ? { defaultInhibition, ...written } : written;
}
