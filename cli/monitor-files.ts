/** Reads `monitors/*.yaml` and says every problem of every file at once, with its line and column. */

import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import type { InstallationSettings } from '../core/alert/installation-settings.ts';
import type { Monitor } from '../core/monitor/schema.ts';
import { meaninglessIn } from '../core/retraining/settings.ts';
import { alertsFileName, isAlertsFile, readAlertsFile } from './alerts-file.ts';
import type { AlertsFile } from './alerts-file.ts';
import type { FileProblem } from './file-problems.ts';
import { invalidFiles } from './file-problems.ts';
import { swappedLimits } from './limit-order.ts';
import { checkMonitor } from './monitor-problems.ts';
import { isRecord, suggest } from './monitor-words.ts';
import { quoted } from './quoted.ts';
import {
  featuresWithoutStatistics,
  onlyMonitored,
  sourceProblems,
  statisticsFileOf,
  withStatistics,
} from './training-statistics.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export interface MonitorFile {
  /** The path as it was asked for, for example `monitors/bike.yaml`. */
  readonly file: string;
  readonly monitor: Monitor;
  /** What stands in the file, without defaults. */
  readonly written: object;
}

/** What a directory holds. */
export interface MonitorFiles {
  /** By file name; none when the directory holds no `.yaml` or `.yml` file. */
  readonly monitors: readonly MonitorFile[];
  readonly alerts: AlertsFile;
}

/**
 * Reads every monitor of a directory, and its `alerts.yaml`. Training statistics of a `file:` stand in the result itself.
 *
 * @throws TidewatchError `INVALID_MONITOR` that lists the problems of all files, by file and line
 */
export async function readMonitorFiles(directory: string): Promise<MonitorFiles> {
  const files = await listFiles(directory);
  const sources = await Promise.all(files.filter((file) => !isAlertsFile(file)).map(readYaml));
  const checked = await Promise.all(sources.map(checkSource));
  const alerts = await readAlertsFile(files);
  const problems = [
    ...checked.flatMap(({ problems }) => problems),
    ...repeatedModels(sources),
    ...alerts.problems,
    ...(alerts.problems.length > 0 ? [] : checked.flatMap((file) => unknownRoutes(file, alerts.settings))),
  ];
  if (problems.length > 0) throw invalidFiles('INVALID_MONITOR', problems);
  const monitors = checked.flatMap(({ file, monitor, source }) =>
    monitor === undefined ? [] : [{ file, monitor, written: source.data as object }],
  );
  return { monitors, alerts };
}

async function listFiles(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    const problems = `${directory}: cannot be read (${reasonOf(error)}); name the directory with --monitors`;
    throw new TidewatchError('INVALID_MONITOR', { count: 1, problems });
  }
}

/** A monitor may name the routes of the installation. */
function unknownRoutes(
  { source, monitor }: CheckedSource,
  settings: InstallationSettings | undefined,
): FileProblem[] {
  const known = (settings?.routes ?? []).flatMap(({ name }) => name ?? []);
  return (monitor?.alerts.routes ?? []).flatMap((route, index) =>
    typeof route === 'object' || known.includes(route)
      ? []
      : [
          source.at(
            ['alerts', 'routes', index],
            `${quoted(route)} is not the name of a route in ${alertsFileName}; ${
              known.length === 0 ? 'it names none' : suggest(route, known)
            }`,
          ),
        ],
  );
}

interface CheckedSource {
  readonly source: YamlSource;
  readonly file: string;
  readonly monitor: Monitor | undefined;
  readonly problems: readonly FileProblem[];
}

async function checkSource(source: YamlSource): Promise<CheckedSource> {
  const { file, data } = source;
  if (source.unreadable) return { source, file, monitor: undefined, problems: source.problems };
  if (data === null || data === undefined) {
    return {
      source,
      file,
      monitor: undefined,
      problems: [source.at([], 'is empty; write a monitor, or delete the file')],
    };
  }
  const problems = [
    ...source.problems,
    ...sourceProblems(data).map(({ path, message }) => source.at(path, message)),
  ];
  const statisticsFile = statisticsFileOf(data);
  const statistics =
    statisticsFile === undefined ? undefined : await readStatistics(source, statisticsFile, problems);
  // Whatever cannot be read is a problem already; the rest of the monitor is checked all the same.
  const whole = statisticsFile === undefined ? data : withStatistics(data, statistics?.data ?? {});
  const checked = checkMonitor(whole);
  for (const { path, message } of checked.problems) {
    const inStatistics = statistics !== undefined && path[0] === 'reference' && path[1] === 'features';
    problems.push(inStatistics ? statistics.at(path.slice(2), message) : source.at(path, message));
  }
  if (checked.monitor === undefined) return { source, file, monitor: undefined, problems };
  if (statistics !== undefined || statisticsFile === undefined) {
    for (const feature of featuresWithoutStatistics(checked.monitor)) {
      const message = `has no statistics of the feature "${feature}"`;
      problems.push(statistics?.at([], message) ?? source.at(['reference', 'features'], message));
    }
  }
  for (const { path, message } of swappedLimits(checked.monitor)) problems.push(source.at(path, message));
  if (checked.monitor.retraining !== undefined) {
    for (const { path, message } of meaninglessIn(checked.monitor.retraining))
      problems.push(source.at(['retraining', ...path], message));
  }
  return { source, file, monitor: onlyMonitored(checked.monitor), problems };
}

async function readStatistics(
  monitor: YamlSource,
  name: string,
  problems: FileProblem[],
): Promise<YamlSource | undefined> {
  const file = join(dirname(monitor.file), name);
  try {
    const source = await readYaml(file);
    problems.push(...source.problems);
    return source.unreadable ? undefined : source;
  } catch (error) {
    problems.push(monitor.at(['reference', 'file'], `cannot be read (${reasonOf(error)})`));
    return undefined;
  }
}

function repeatedModels(sources: readonly YamlSource[]): FileProblem[] {
  const firstFile = new Map<string, string>();
  return sources.flatMap((source) => {
    const model = isRecord(source.data) ? source.data['model'] : undefined;
    if (typeof model !== 'string') return [];
    const first = firstFile.get(model);
    firstFile.set(model, first ?? source.file);
    return first === undefined
      ? []
      : [source.at(['model'], `"${model}" is the model of ${first} already; one file a model`)];
  });
}
