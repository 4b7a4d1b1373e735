import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childError, startChild } from './child-process.ts';
import type { ServerBinary } from './server-catalog.ts';

const TOOLS_MODULE = fileURLToPath(new URL('./tools', import.meta.url));

/**
 * Builds a server from the Go module in tools/ and returns the path of the executable in `directory`.
 *
 * Go verifies every module against tools/go.sum, which the build leaves as it is. Throws with the end of the compiler's
 * output where the build fails.
 */
export async function goBuild(
  server: ServerBinary,
  directory: string,
  options: {
    readonly logFile: string;
    readonly env: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<string> {
  const { env, signal } = options;
  const output = join(directory, 'server');
  const flags = ['-mod=readonly', `-ldflags=-s -w -X ${server.goVersionVariable}=${server.version}`];
  const build = startChild({
    name: 'go build',
    command: 'go',
    args: ['build', ...flags, '-o', output, server.goPackage],
    cwd: TOOLS_MODULE,
    // A go.work above this folder would replace the versions in tools/go.mod.
    env: { ...env, GOWORK: 'off' },
    logFile: options.logFile,
  });
  const stop = (): void => void build.stop();
  signal?.addEventListener('abort', stop);
  const ending = await build.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (ending !== 'exit code 0') throw childError(build, `ended with ${ending}`);
  await rm(options.logFile, { force: true });
  return output;
}
