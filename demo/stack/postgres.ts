import { randomBytes } from 'node:crypto';
import { access, chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Child } from './child-process.ts';
import { childError, endLeftover, startChild, untilReady } from './child-process.ts';
import { withFreePorts } from './loopback-ports.ts';
import type { PostgresHome } from './postgres-home.ts';
import { postgresHome } from './postgres-home.ts';

export interface Postgres {
  readonly port: number;
  /** The URL of a database of this server, for its superuser; `url('postgres')` exists from the start. */
  url(database: string): string;
  /** The server itself, for whoever ends it in another way. */
  readonly process: Child;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  readonly stateDirectory: string;
  /** Whether the data are kept by `stop` and found again by the next start. */
  readonly persistent: boolean;
  readonly logFile: string;
  readonly pidFile: string;
  /** Overrule those of the demo, for a benchmark. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

const USER = 'postgres';

/** Fast rather than safe: a power cut may damage the data. A killed process does not. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // Sockets live in /tmp and stay there after a kill.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** The same messages, order and letters everywhere: code points, whatever the machine's locale is. */
const INITDB = [
  `--username=${USER}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-sync',
  '--no-instructions',
];

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C' });

/** Makes the data directory in one step, so that an interrupted start leaves none that is half made. */
async function initialise(
  home: PostgresHome,
  data: string,
  passwordFile: string,
  logFile: string,
): Promise<void> {
  const { directory, account } = home;
  await writeFile(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  const draft = `${data}.new`;
  await rm(draft, { recursive: true, force: true });
  const args = [`--pgdata=${draft}`, `--pwfile=${passwordFile}`, ...INITDB];
  const env = environment();
  const initdb = startChild({
    name: 'initdb',
    command: home.initdb,
    args,
    cwd: directory,
    env,
    account,
    logFile,
  });
  const ending = await initdb.ended;
  if (ending !== 'exit code 0') throw childError(initdb, `ended with ${ending}`);
  await rename(draft, data);
}

/** Line 8 of postmaster.pid is what `pg_ctl --wait` reads; line 1 tells a file that a killed server left behind. */
async function isReady(data: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

/**
 * Starts a Postgres of its own on a free loopback port, over the data of the last start if they are persistent.
 * The superuser's password is random and kept beside the data, so other users of the machine cannot connect.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { persistent, logFile, pidFile, signal } = options;
  await endLeftover(pidFile);
  const home = await postgresHome(options.stateDirectory);
  const { directory, account } = home;
  // Apart, so that an empty start in the same state directory leaves the kept data alone.
  const data = join(directory, persistent ? 'data' : 'scratch');
  const passwordFile = `${data}.password`;

  const discard = async (): Promise<void> => {
    await rm(data, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  };

  if (!persistent) await discard();
  const isNew = await access(data).then(
    () => false,
    () => true,
  );
  if (isNew) await initialise(home, data, passwordFile, logFile);
  const password = await readFile(passwordFile, 'utf8');
  signal?.throwIfAborted();

  return withFreePorts(async (freePort) => {
    const port = await freePort();
    const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const server = startChild({
      name: 'Postgres',
      command: home.postgres,
      args: ['-D', data, '-p', String(port), ...settings],
      cwd: directory,
      env: environment(),
      account,
      logFile,
      pidFile,
      // The fast shutdown: SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
    });
    await untilReady(server, () => isReady(data, server.pid), { signal });
    return {
      port,
      url: (database) => `postgres://${USER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
      process: server,
      async stop() {
        await server.stop();
        if (!persistent) await discard();
        await home.release();
      },
    };
  });
}
