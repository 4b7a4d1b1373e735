/** Reads `alerts.yaml`, what holds for the alerts of all monitors, and says every problem of it. */

import { basename } from 'node:path';

import { installationSettingsSchema } from '../core/alert/installation-settings.ts';
import type { InstallationSettings } from '../core/alert/installation-settings.ts';
import { reasonOf, TidewatchError } from '../core/errors.ts';
import { invalidFiles, type FileProblem } from './file-problems.ts';
import { problemsOf } from './monitor-problems.ts';
import { wordsOf } from './monitor-words.ts';
import { readYaml } from './yaml-source.ts';

/** No monitor is called so. */
export const alertsFileName = 'alerts.yaml';

export function isAlertsFile(file: string): boolean {
  return basename(file) === alertsFileName;
}

export interface AlertsFile {
  /** Undefined where there is no such file, or it describes nothing. */
  readonly file?: string;
  readonly settings: InstallationSettings | undefined;
  /** What stands in the file, without defaults. */
  readonly written?: object;
  readonly problems: readonly FileProblem[];
}

const topWords =
  'is not a key of this file: in alerts.yaml routes, maintenance and inhibition stand at the top';

/** The one of these files; one that is empty says what holds without it. */
export async function readAlertsFile(files: readonly string[]): Promise<AlertsFile> {
  const file = files.find(isAlertsFile);
  return file === undefined ? { settings: undefined, problems: [] } : readSettings(file);
}

/**
 * What a file like `alerts.yaml` says, whatever it is called.
 *
 * @throws TidewatchError `INVALID_MONITOR` that lists its problems
 */
export async function readSettingsFile(file: string): Promise<InstallationSettings> {
  const { settings, problems } = await readSettings(file).catch((error: unknown) => {
    const reason = `${file}: cannot be read (${reasonOf(error)})`;
    throw new TidewatchError('INVALID_MONITOR', { count: 1, problems: reason }, { cause: error });
  });
  if (settings === undefined || problems.length > 0) throw invalidFiles('INVALID_MONITOR', problems);
  return settings;
}

async function readSettings(file: string): Promise<AlertsFile> {
  const source = await readYaml(file);
  if (source.unreadable) return { file, settings: undefined, problems: source.problems };
  const data = source.data ?? {};
  const parsed = installationSettingsSchema.safeParse(data, { error: wordsOf });
  if (parsed.success) return { file, settings: parsed.data, written: data, problems: source.problems };
  const problems = parsed.error.issues
    .flatMap((issue) => problemsOf(data, issue, installationSettingsSchema))
    .map(({ path, message }) => source.at(path, path.join() === 'alerts' ? topWords : message));
  return { file, settings: undefined, problems: [...source.problems, ...problems] };
}
