import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from '../../core/errors.ts';
import { goBuild } from './go-build.ts';
import { downloadRelease } from './release-download.ts';
import type { BinaryName, Platform, Release, ServerBinary } from './server-catalog.ts';
import { serverCatalog } from './server-catalog.ts';

const ANSWER_TIMEOUT_MS = 20_000;

export interface FindBinaryOptions {
  /** Keeps what was downloaded or built, one file a server and version. */
  readonly cacheDirectory: string;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: this process's environment. `PATH` and the two variables of the catalog are read. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: the release of the catalog. */
  readonly release?: Release;
}

/** A way either gives a path or the reason why it cannot. */
type Attempt = { readonly path: string } | { readonly reason: string };

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Why a file does not fit as this server; undefined where it does. */
async function objection(server: ServerBinary, path: string): Promise<string | undefined> {
  for (const args of server.answers) {
    try {
      await promisify(execFile)(path, args, { timeout: ANSWER_TIMEOUT_MS });
    } catch (error) {
      return `\`${path} ${args.join(' ')}\` failed: ${reasonOf(error).split('\n')[0]}`;
    }
  }
  return undefined;
}

async function fromVariable(server: ServerBinary, env: NodeJS.ProcessEnv): Promise<Attempt> {
  const path = env[server.variable];
  if (path === undefined || path === '') return { reason: 'not set' };
  const problem = (await isExecutable(path))
    ? await objection(server, path)
    : 'there is no such executable file';
  if (problem === undefined) return { path };
  // What was asked for by name is not replaced by something else.
  throw new Error(`${server.variable} is ${path}, but ${problem}. Correct the variable, or unset it.`);
}

async function onPath(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, command);
    if (directory !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
}

async function fromPath(name: BinaryName, server: ServerBinary, env: NodeJS.ProcessEnv): Promise<Attempt> {
  const path = await onPath(name, env);
  if (path === undefined) return { reason: `no ${name} on it` };
  const problem = await objection(server, path);
  return problem === undefined ? { path } : { reason: problem };
}

function thisPlatform(): Platform {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return `${process.platform}-${architecture}`;
}

/** Makes the binary in a directory of its own and moves it into the cache at once: nobody sees half a file. */
async function intoCache(
  server: ServerBinary,
  cached: string,
  make: (directory: string) => Promise<string>,
): Promise<Attempt> {
  const directory = await mkdtemp(`${cached}.`);
  try {
    const made = await make(directory);
    await chmod(made, 0o755);
    const problem = await objection(server, made);
    if (problem !== undefined) return { reason: problem };
    await rename(made, cached);
    return { path: cached };
  } catch (error) {
    return { reason: reasonOf(error) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Where is a binary of this server? Looks, in this order, at the environment variable, PATH, the cache, the official
 * release (verified by its SHA-256), and the Go module in tools/. The last two fill the cache.
 *
 * Throws where the environment variable names a file that does not fit, and where no way leads to a binary: the error
 * lists each way, why it failed, and what to do.
 *
 * @example await findBinary('temporal', { cacheDirectory: '.tidewatch/bin' }) // '/.../.tidewatch/bin/temporal-1.5.1'
 */
export async function findBinary(name: BinaryName, options: FindBinaryOptions): Promise<string> {
  const { cacheDirectory, onProgress, signal, env = process.env } = options;
  const server = serverCatalog[name];
  const release = options.release ?? server.release;
  const platform = thisPlatform();
  const cached = join(cacheDirectory, `${name}-${server.version}`);

  const ways: readonly (readonly [string, () => Promise<Attempt>])[] = [
    [server.variable, () => fromVariable(server, env)],
    ['PATH', () => fromPath(name, server, env)],
    ['cache', async () => ((await isExecutable(cached)) ? { path: cached } : { reason: `no ${cached}` })],
    [
      'download',
      () => {
        onProgress?.(`downloading the ${server.title} ${server.version}`);
        return intoCache(server, cached, (directory) =>
          downloadRelease(release, platform, directory, signal),
        );
      },
    ],
    [
      'Go build',
      async () => {
        if ((await onPath('go', env)) === undefined) return { reason: 'no go on PATH' };
        onProgress?.(`building the ${server.title} from source, ${server.goBuildTime}`);
        return intoCache(server, cached, (directory) =>
          goBuild(server, directory, { logFile: `${cached}.build.log`, env, signal }),
        );
      },
    ],
  ];

  await mkdir(cacheDirectory, { recursive: true });
  const failures: string[] = [];
  for (const [way, attempt] of ways) {
    const outcome = await attempt();
    signal?.throwIfAborted();
    if ('path' in outcome) return outcome.path;
    failures.push(`- ${way}: ${outcome.reason}`);
  }
  throw new Error(
    `There is no ${server.title}. Tried:\n${failures.join('\n')}\n` +
      `Install ${server.installHint} or Go 1.25 or newer, or set ${server.variable} to the path of a binary, and start again.`,
  );
}
