/** The programs of Prometheus and Alertmanager that tests run where they are on PATH: `.ci/run` installs them. */

import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian calls the Alertmanager `prometheus-alertmanager`. */
const names = {
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  alertmanager: ['alertmanager', 'prometheus-alertmanager'],
  amtool: ['amtool'],
} as const;

export type PrometheusTool = keyof typeof names;

/** The path of a program; undefined where it is not installed. */
export function prometheusTool(tool: PrometheusTool): string | undefined {
  return executableOnPath(names[tool]);
}

/** The first of these programs that is installed. */
export function executableOnPath(candidates: readonly string[]): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return candidates
    .flatMap((name) => directories.map((directory) => join(directory, name)))
    .find(isExecutable);
}

/** Without the tools, tests are skipped on a laptop and fail in CI, which has to install them. */
export const prometheusToolsMissing: boolean =
  process.env['CI'] === undefined &&
  (Object.keys(names) as PrometheusTool[]).some((tool) => prometheusTool(tool) === undefined);

export interface ToolRun {
  readonly ok: boolean;
  readonly stdout: string;
  /** Both streams, for people to read. */
  readonly output: string;
}

/** Runs a program to its end. Never rejects. */
export function runTool(tool: PrometheusTool, args: readonly string[], cwd: string): Promise<ToolRun> {
  return new Promise((resolve) => {
    execFile(prometheusTool(tool) ?? tool, args, { cwd }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      resolve({ ok: error === null, stdout, output: output === '' ? (error?.message ?? '') : output });
    });
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
