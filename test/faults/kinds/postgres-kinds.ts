/** What a database does to its clients. */

import type { SqlMoment, SqlVerdict } from '../gates/postgres-gate.ts';
import { persist, type World } from '../world.ts';
import { Missed, onlyActivity, trapped, wait, type Hit, type Kind, type Scene } from './kind.ts';

/** How long something is away, in milliseconds: 1 to 4 s. */
const aWhile = ({ choose }: Scene): number => 1_000 + choose(3_000);

function atSql(moment: SqlMoment, verdict: SqlVerdict): (scene: Scene) => Promise<Hit> {
  return async ({ world: { workers }, signal }) => {
    let activity: string | undefined;
    await trapped(
      workers.map((worker) => worker.postgres),
      signal,
      (i) => ({
        moment,
        wants: () => true,
        act: () => {
          activity = onlyActivity(workers[i]!);
          return verdict;
        },
      }),
    );
    return activity === undefined ? {} : { activity };
  };
}

/** While a setting of the whole server is another one. */
async function whileSet(scene: Scene, setting: string, value: string): Promise<void> {
  const { admin } = scene.world.arena;
  const reload = (): Promise<unknown> => persist(() => admin.query('select pg_reload_conf()'));
  await persist(() => admin.execute(`alter system set ${setting} = ${value}`));
  await reload();
  try {
    await wait(aWhile(scene), scene.signal);
  } finally {
    await persist(() => admin.execute(`alter system reset ${setting}`));
    await reload();
  }
}

/** The sessions of workers. */
const ofWorkers = (world: World): string =>
  `datname = '${world.databaseName}' and application_name = 'tidewatch-worker'`;

/** How many times the workers have been answered this. */
const answered = ({ workers }: World, code: string): number =>
  workers.reduce((sum, worker) => sum + (worker.postgres.errors()[code] ?? 0), 0);

/** Tables that several activities write. */
const contended = [
  'dirty_windows',
  'process_watermarks',
  'outcomes',
  'profiles',
  'alerts',
  'performance_evaluations',
];

/** Holds a lock on a table until somebody waits for it; gives who waits, or undefined where nobody comes. */
async function whileWaitedFor(
  scene: Scene,
  then: (execute: (sql: string) => Promise<unknown>, waiting: number) => Promise<void>,
): Promise<Hit> {
  const { world, choose, signal } = scene;
  const table = contended[choose(contended.length)]!;
  return world.database.withClient(async (client) => {
    const execute = (sql: string): Promise<{ rows: { pid: number }[] }> => client.query<{ pid: number }>(sql);
    await execute(`set deadlock_timeout = '1min'`);
    await execute('begin');
    try {
      await execute(`lock table ${table} in access exclusive mode`);
      for (let tries = 0; tries < 60 && !signal.aborted; tries += 1) {
        const { rows } = await execute(
          `select l.pid from pg_locks l join pg_stat_activity a using (pid)
           where not l.granted and l.relation = '${table}'::regclass and a.${ofWorkers(world)} limit 1`,
        );
        if (rows[0] !== undefined) {
          await then(execute, rows[0].pid);
          return {};
        }
        await wait(50, signal);
      }
      throw new Missed('nobody came for the lock');
    } finally {
      await execute('rollback').catch(() => undefined);
      await execute('reset deadlock_timeout').catch(() => undefined);
    }
  });
}

const restart = (how: 'fast' | 'immediate') => (scene: Scene) =>
  scene.alone('Postgres', async () => {
    const { postgres } = scene.world.arena;
    await postgres.end(how);
    await wait(aWhile(scene), scene.signal);
    await postgres.start();
    return {};
  });

export const postgresKinds: readonly Kind[] = [
  {
    name: 'Postgres restarted',
    group: 'Postgres',
    does: 'a fast shutdown; away for one to four seconds',
    weight: 1,
    inject: restart('fast'),
  },
  {
    name: 'Postgres ended at once',
    group: 'Postgres',
    does: 'an immediate shutdown; crash recovery at the start',
    weight: 1,
    inject: restart('immediate'),
  },
  {
    name: 'a server process of Postgres killed',
    group: 'Postgres',
    does: 'kill -9 of the process of a session: Postgres ends all sessions and recovers',
    weight: 1,
    inject: ({ world, alone, signal }) =>
      alone('Postgres', async () => {
        const rows = await world.arena.admin.query<{ pid: number }>(
          `select pid from pg_stat_activity where ${ofWorkers(world)} order by state = 'active' desc limit 1`,
        );
        if (rows[0] === undefined) throw new Missed('no session');
        process.kill(rows[0].pid, 'SIGKILL');
        await wait(500, signal);
        await persist(() => world.arena.admin.query('select 1'));
        return {};
      }),
  },
  {
    name: 'sessions terminated',
    group: 'Postgres',
    does: 'pg_terminate_backend of every session of the workers',
    weight: 3,
    inject: async ({ world }) => {
      const rows = await persist(() =>
        world.arena.admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where ${ofWorkers(world)}`,
        ),
      );
      if (rows.length === 0) throw new Missed('no session');
      return {};
    },
  },
  {
    name: 'connection cut while rows are copied',
    group: 'Postgres',
    does: 'in the middle of a COPY',
    weight: 4,
    inject: atSql('copied rows', 'cut'),
  },
  {
    name: 'connection cut before a commit',
    group: 'Postgres',
    does: 'the commit does not arrive',
    weight: 5,
    inject: atSql('before commit', 'cut'),
  },
  {
    name: 'connection cut after a commit',
    group: 'Postgres',
    does: 'the commit is done, and its answer does not arrive',
    weight: 5,
    inject: atSql('after commit', 'cut'),
  },
  {
    name: 'connection cut in a transaction',
    group: 'Postgres',
    does: 'between two statements of a transaction',
    weight: 4,
    inject: atSql('statement in a transaction', 'cut'),
  },
  {
    name: 'serialization failure',
    group: 'Postgres',
    does: 'a statement of a transaction fails with 40001, raised by the server',
    weight: 5,
    inject: atSql('statement in a transaction', { sqlState: '40001' }),
  },
  {
    name: 'out of memory',
    group: 'Postgres',
    does: 'a statement of a transaction fails with 53200, raised by the server',
    weight: 3,
    inject: atSql('statement in a transaction', { sqlState: '53200' }),
  },
  {
    name: 'a commit that is refused',
    group: 'Postgres',
    does: 'the commit fails with 40001 and the transaction is rolled back, as a server that is serializable may',
    weight: 4,
    inject: atSql('before commit', { sqlState: '40001' }),
  },
  {
    name: 'deadlock',
    group: 'Postgres',
    does: 'a stranger and a transaction of a worker wait for each other: Postgres ends the worker’s',
    weight: 3,
    inject: async (scene) => {
      const before = answered(scene.world, '40P01');
      await whileWaitedFor(scene, async (execute, pid) => {
        const { rows } = (await execute(
          `select c.relname as name from pg_locks l join pg_class c on c.oid = l.relation
           where l.pid = ${pid} and l.granted and l.mode = 'RowExclusiveLock' and c.relkind = 'r' limit 1`,
        )) as { rows: { name: string }[] };
        if (rows[0] === undefined) throw new Missed('it holds nothing yet');
        await execute(`lock table ${rows[0].name} in access exclusive mode`);
      });
      if (answered(scene.world, '40P01') === before) throw new Missed('another one was ended');
      return {};
    },
  },
  {
    name: 'a lock that a stranger holds',
    group: 'Postgres',
    does: 'a table is locked for two seconds longer than a worker waits for it',
    weight: 3,
    inject: (scene) => whileWaitedFor(scene, () => wait(2_000, scene.signal)),
  },
  {
    name: 'statement timeout',
    group: 'Postgres',
    does: 'statement_timeout of 100 ms while a stranger holds a lock',
    weight: 2,
    inject: (scene) =>
      scene.alone('settings', async () => {
        const before = answered(scene.world, '57014');
        const { admin } = scene.world.arena;
        try {
          await whileWaitedFor(scene, async () => {
            await admin.execute(`alter system set statement_timeout = '100ms'`);
            await admin.query('select pg_reload_conf()');
            await wait(2_000, scene.signal);
          });
        } finally {
          await persist(() => admin.execute('alter system reset statement_timeout'));
          await persist(() => admin.query('select pg_reload_conf()'));
        }
        if (answered(scene.world, '57014') === before) throw new Missed('no statement took so long');
        return {};
      }),
  },
  {
    name: 'out of connections',
    group: 'Postgres',
    does: 'a stranger takes every connection, and the sessions of the workers end',
    weight: 1,
    inject: (scene) =>
      scene.alone('Postgres', async () => {
        const { world, signal } = scene;
        const before = answered(world, '53300');
        await world.arena.whileFull(async () => {
          await world.database.execute(
            `select pg_terminate_backend(pid) from pg_stat_activity where ${ofWorkers(world)}`,
          );
          await wait(aWhile(scene), signal);
        });
        if (answered(world, '53300') === before) throw new Missed('nobody has asked for a connection');
        return {};
      }),
  },
  {
    name: 'read-only',
    group: 'Postgres',
    does: 'default_transaction_read_only is on, as on a standby after a fail-over',
    weight: 2,
    inject: (scene) =>
      scene.alone('settings', async () => {
        const before = answered(scene.world, '25006');
        await whileSet(scene, 'default_transaction_read_only', 'on');
        if (answered(scene.world, '25006') === before) throw new Missed('nothing was written');
        return {};
      }),
  },
  {
    name: 'disk full',
    group: 'Postgres',
    does: 'the file system of the data has no room left for some seconds (a tmpfs, which only root may mount)',
    weight: 1,
    inject: (scene) =>
      scene.alone('Postgres', async () => {
        const { disk, admin, postgres } = scene.world.arena;
        if (disk === undefined) throw new Missed('no disk of its own');
        const before = answered(scene.world, '53100');
        await disk.fill();
        await wait(aWhile(scene), scene.signal);
        await disk.free();
        // Without room for its log Postgres has ended, and whoever looks after it starts it again.
        const hasEnded = postgres.hasEnded();
        if (hasEnded) await postgres.start();
        await persist(() => admin.query('select 1'));
        if (!hasEnded && answered(scene.world, '53100') === before)
          throw new Missed('nobody has needed room');
        return {};
      }),
  },
  {
    name: 'Postgres does not answer',
    group: 'Postgres',
    does: 'nothing gets through for some seconds, and nothing breaks',
    weight: 1,
    inject: async (scene) => {
      const { workers } = scene.world;
      for (const worker of workers) worker.postgres.hang();
      await wait(aWhile(scene), scene.signal);
      await Promise.all(workers.map((worker) => worker.postgres.open()));
      return {};
    },
  },
  {
    name: 'Postgres cannot be reached',
    group: 'Postgres',
    does: 'connections break and new ones are refused for some seconds',
    weight: 1,
    inject: async (scene) => {
      const { workers } = scene.world;
      await Promise.all(workers.map((worker) => worker.postgres.shut()));
      await wait(aWhile(scene), scene.signal);
      await Promise.all(workers.map((worker) => worker.postgres.open()));
      return {};
    },
  },
  {
    name: 'slow network to Postgres',
    group: 'Postgres',
    does: 'each piece of data takes 20 ms longer for some seconds',
    weight: 1,
    inject: async (scene) => {
      const { workers } = scene.world;
      for (const worker of workers) worker.postgres.slow(20);
      await wait(aWhile(scene), scene.signal);
      for (const worker of workers) worker.postgres.slow(0);
      return {};
    },
  },
];
