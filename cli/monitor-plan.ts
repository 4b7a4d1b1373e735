/** What an apply would do to the stored monitors. */

import { createTwoFilesPatch } from 'diff';

import { canonicalJson, configurationHash } from '../activities/monitors/configuration.ts';
import type { StoredConfiguration } from '../activities/monitors/store.ts';
import type { Monitor } from '../core/monitor/schema.ts';
import { ownRouteWarnings } from './alert-warnings.ts';
import type { MonitorFile } from './monitor-files.ts';
import { formatConfiguration } from './yaml-source.ts';

export type MonitorChange = { readonly model: string } & (
  | {
      readonly change: 'create' | 'update';
      readonly file: string;
      readonly monitor: Monitor;
      readonly hash: string;
      /** Unified diff: of a new one what is written, of another one what changes in it, defaults included. */
      readonly diff: string;
      /** What is allowed in its routes and hardly meant. */
      readonly warnings: readonly string[];
    }
  | {
      readonly change: 'unchanged';
      readonly file: string;
      readonly monitor: Monitor;
      readonly warnings: readonly string[];
    }
  /** Stored, but without a file: goes when pruning, stays as it is otherwise. */
  | { readonly change: 'delete' }
  | { readonly change: 'keep' }
);

/** Compares the files with what is stored; the result is sorted by model. */
export function planMonitors(
  files: readonly MonitorFile[],
  stored: readonly StoredConfiguration[],
  orphans: 'prune' | 'keep',
): readonly MonitorChange[] {
  const storedByModel = new Map(stored.map((configuration) => [configuration.model, configuration]));
  const changes = files.map(({ file, monitor, written }): MonitorChange => {
    const { model } = monitor;
    const before = storedByModel.get(model);
    storedByModel.delete(model);
    const hash = configurationHash(monitor);
    // What was changed in Postgres still has the hash of what was applied.
    if (before?.configurationHash === hash && canonicalJson(before.configuration) === canonicalJson(monitor))
      return { model, change: 'unchanged', file, monitor, warnings: [] };
    const change = before === undefined ? 'create' : 'update';
    const diff = diffOf(file, before?.configuration, before === undefined ? written : monitor);
    const warnings = ownRouteWarnings(monitor.alerts.routes, monitor);
    return { model, change, file, monitor, hash, diff, warnings };
  });
  const change = orphans === 'prune' ? 'delete' : 'keep';
  const withoutFile = [...storedByModel.keys()].map((model): MonitorChange => ({ model, change }));
  return [...changes, ...withoutFile].sort((a, b) => (a.model < b.model ? -1 : 1));
}

/** From a stored configuration to the new one. */
export function diffOf(file: string, before: unknown, after: object): string {
  const [from, to] = [before === undefined ? '' : formatConfiguration(before), formatConfiguration(after)];
  const patch = createTwoFilesPatch('stored', file, from, to, undefined, undefined, { context: 3 });
  return patch.slice(patch.indexOf('--- '));
}
