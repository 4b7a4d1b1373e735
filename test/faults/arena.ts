/** What all rounds share: one Postgres with a migrated template, on a disk that can be filled, and the program. */

import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { openDatabase, type Database } from '../../sql/database.ts';
import { migrate } from '../../sql/migrator.ts';
import { openGate } from './gates/gate.ts';
import { openHttpGate, type HttpGate } from './gates/http-gate.ts';
import { preparePrograms, type Programs } from './program.ts';
import { startPostgresServer, type PostgresServer } from './servers.ts';

export interface Arena {
  readonly directory: string;
  readonly postgres: PostgresServer;
  /** For databases and settings of the whole server. */
  readonly admin: Database;
  readonly template: string;
  /** The paths of the command: of a build, and of the next one, whose workflows have a step more. */
  readonly programs: Programs;
  /** In front of the trainer, at one address in all rounds: monitors hold it. */
  readonly trainerGate: HttpGate;
  /** Takes all room on the disk of Postgres, and gives it back; undefined where no disk of its own could be mounted. */
  readonly disk: { fill(): Promise<void>; free(): Promise<void> } | undefined;
  /** Runs while every connection is taken; `execute` has one of them. */
  whileFull(work: (execute: (sql: string) => Promise<unknown>) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const template = 'faults_template';
/** The data of some rounds, their log, and what of it is being replaced. */
const diskMegabytes = 600;
/** Who take connections side by side: one alone is slower than a worker that comes back. */
const takers = 8;

/** A small file system in memory, which only root may mount. */
function mountDisk(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tidewatch-faults', directory], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

async function fillDisk(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const piece = Buffer.alloc(2 ** 20);
  const ballast = join(directory, 'ballast');
  await writeFile(ballast, '');
  for (let left = bavail * bsize; ; left -= piece.length) {
    try {
      await writeFile(ballast, left > piece.length ? piece : piece.subarray(0, 4096), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}

export async function openArena(path: string): Promise<Arena> {
  const directory = resolve(path);
  const diskDirectory = join(directory, 'disk');
  await mkdir(diskDirectory, { recursive: true });
  // As root, Postgres runs under another account, which has to get there.
  await chmod(directory, 0o711);
  const isMounted = mountDisk(diskDirectory);
  const unmount = (): void => {
    process.off('exit', unmount);
    if (isMounted) execFileSync('umount', ['--lazy', diskDirectory]);
  };
  // Servers end with this process, however it ends; what is mounted would stay.
  process.once('exit', unmount);
  if (!isMounted) await rm(join(diskDirectory, 'postgres'), { recursive: true, force: true });
  const programs = await preparePrograms(directory);
  const postgres = await startPostgresServer(diskDirectory);
  const [gate, trainerGate] = await Promise.all([openGate(), openHttpGate()]);
  postgres.lead(gate);
  const url = new URL(postgres.url('postgres'));
  url.port = String(gate.port);
  const admin = openDatabase({ url: url.href, poolSize: 2, applicationName: 'arena' });
  await admin.execute(`create database ${template}`);
  const empty = openDatabase({ url: postgres.url(template), poolSize: 1 });
  await migrate(empty);
  await empty.close();
  return {
    directory,
    postgres,
    admin,
    template,
    programs,
    trainerGate,
    disk: isMounted
      ? {
          fill: () => fillDisk(diskDirectory),
          free: () => rm(join(diskDirectory, 'ballast'), { force: true }),
        }
      : undefined,
    whileFull: (work) =>
      admin.withClient(async (client) => {
        const taken: Database[] = [];
        const over = new AbortController();
        // Whoever is refused once takes what is given back meanwhile.
        const take = async (): Promise<void> => {
          while (!over.signal.aborted) {
            const one = openDatabase({
              url: postgres.url('postgres'),
              poolSize: 1,
              applicationName: 'stranger',
            });
            taken.push(one);
            await one.query('select 1').catch(() => pause(5));
          }
        };
        const taking = Promise.all(Array.from({ length: takers }, take));
        try {
          await pause(1_000);
          await work((sql) => client.query(sql));
        } finally {
          over.abort();
          await taking;
          await Promise.all(taken.map((one) => one.close()));
        }
      }),
    stop: async () => {
      await admin.close();
      await Promise.all([gate.stop(), trainerGate.stop()]);
      await postgres.stop();
      unmount();
      await rm(diskDirectory, { recursive: true, force: true });
    },
  };
}
