/** Can the tables and files be read that monitors name as their source? */

import { listMonitors } from '../../activities/monitors/store.ts';
import { sourceWarnings, withSourcesOf } from '../source-warnings.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

interface MonitorSources {
  /** How many monitors have one. */
  readonly count: number;
  readonly problems: readonly string[];
}

export async function readMonitorSources({ database, environment }: Sources): Promise<MonitorSources> {
  const monitors = (await listMonitors(database)).monitors.map(({ monitor }) => monitor);
  const withSource = monitors.filter(({ source }) => source !== undefined);
  const problems = await withSourcesOf(environment.configuration.sources, (sources) =>
    Promise.all(
      withSource.map(async (monitor) =>
        (await sourceWarnings(sources, monitor)).map((problem) => `${monitor.model}: ${problem}`),
      ),
    ),
  );
  return { count: withSource.length, problems: problems.flat() };
}

export function judgeMonitorSources({ count, problems }: MonitorSources): Finding {
  if (count === 0) return { level: 'ok', words: 'no monitor reads tables or files of its own' };
  if (problems.length === 0)
    return {
      level: 'ok',
      words: `${count === 1 ? 'the one' : `each of ${count}`} can be read as its monitor says`,
    };
  return {
    level: 'critical',
    words: `${problems.length === 1 ? 'something keeps' : `${problems.length} things keep`} rows from being read`,
    details: problems,
    fix: 'correct the source, or `source` in the monitor and `tidewatch apply`; where the worker has another environment, ask the doctor there',
  };
}
