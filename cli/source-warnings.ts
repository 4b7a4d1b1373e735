/** What keeps the sources of monitors from being read, as far as this machine can reach them. */

import { problemsOfSource } from '../activities/sources/open-reader.ts';
import { openSources, type SourceConfiguration, type Sources } from '../activities/sources/sources.ts';
import { reasonOf } from '../core/errors.ts';
import type { Monitor } from '../core/monitor/schema.ts';
import type { MonitorChange } from './monitor-plan.ts';

/** Adds to new and changed monitors what is wrong with their sources: a table may be made after its monitor, so nothing is refused. */
export async function withSourceWarnings(
  changes: readonly MonitorChange[],
  configuration: SourceConfiguration,
): Promise<readonly MonitorChange[]> {
  return withSourcesOf(configuration, (sources) =>
    Promise.all(
      changes.map(async (change) => {
        if (change.change !== 'create' && change.change !== 'update') return change;
        return {
          ...change,
          warnings: [...change.warnings, ...(await sourceWarnings(sources, change.monitor))],
        };
      }),
    ),
  );
}

export async function withSourcesOf<T>(
  configuration: SourceConfiguration,
  work: (sources: Sources) => Promise<T>,
): Promise<T> {
  const sources = openSources(configuration);
  try {
    return await work(sources);
  } finally {
    await sources.close();
  }
}

/** What is wrong with the source of a monitor, a sentence each; also where it cannot be asked from here. */
export async function sourceWarnings(sources: Sources, monitor: Monitor): Promise<readonly string[]> {
  if (monitor.source === undefined) return [];
  try {
    return await problemsOfSource(sources, monitor);
  } catch (error) {
    return [`its source could not be looked at from here (${reasonOf(error)})`];
  }
}
