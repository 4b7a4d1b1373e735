/** What a database does to its clients. */

import type { SqlVerdict } from '../gates/postgres-gate.ts';
import { persist, type World } from '../world.ts';
import { aWhile, kindsOf, Missed, onlyActivity, wait, within, type Hit, type Scene } from './kind.ts';
import { atSql, trapped } from './moments.ts';

/** While a setting of the whole server is another one. */
async function whileSet(
  scene: Scene,
  setting: string,
  value: string,
  work: () => Promise<void>,
): Promise<void> {
  const { admin } = scene.world.arena;
  const reload = (): Promise<unknown> => persist(() => admin.query('select pg_reload_conf()'));
  try {
    await persist(() => admin.execute(`alter system set ${setting} = ${value}`));
    await reload();
    await work();
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

/** The first table that a statement writes. */
const written = /\b(?:insert into|update|delete from)\s+(\w+)/i;

/** A session that has locked a table, and the server process of a worker that comes for it. */
interface Stranger {
  execute<R>(sql: string): Promise<readonly R[]>;
  readonly table: string;
  readonly pid: number;
}

const comes = ({ execute, pid }: Stranger): Promise<boolean> =>
  within(
    1_000,
    async () => (await execute(`select from pg_locks where not granted and pid = ${pid}`)).length > 0,
  );

/**
 * Meets a statement that writes in a transaction, and locks its table before it arrives there; again and again until `then` says that
 * it was what was wanted.
 */
async function whileLockedOut(scene: Scene, then: (stranger: Stranger) => Promise<boolean>): Promise<Hit> {
  const { world, signal } = scene;
  const { workers } = world;
  const attempt = (): Promise<Hit | undefined> =>
    world.database.withClient(async (client) => {
      const execute = async <R>(sql: string): Promise<readonly R[]> => (await client.query(sql)).rows as R[];
      let stranger: Stranger | undefined;
      let activity: string | undefined;
      await trapped(
        workers.map(({ postgres }) => postgres),
        signal,
        (i) => ({
          moment: 'statement in a transaction',
          wants: ({ sql }) => written.test(sql),
          act: async ({ sql, pid }): Promise<SqlVerdict> => {
            const table = written.exec(sql)![1]!;
            activity = onlyActivity(workers[i]!);
            try {
              // Its own statements wait as long as they like, and the one to be ended for a deadlock is the other.
              await execute(
                `set deadlock_timeout = '1min'; set statement_timeout = 0; set lock_timeout = '300ms'`,
              );
              await execute('begin');
              await execute(`lock table ${table} in access exclusive mode`);
              stranger = { execute, table, pid };
            } catch {
              // The transaction has written it before, or Postgres is away.
            }
            return 'pass';
          },
        }),
      );
      try {
        const isWanted = stranger !== undefined && (await comes(stranger)) && (await then(stranger));
        if (!isWanted) return undefined;
        return activity === undefined ? {} : { activity };
      } finally {
        await execute('rollback; reset all').catch(() => undefined);
      }
    });
  for (;;) {
    const hit = await attempt().catch((error: unknown) => {
      if (error instanceof Missed) throw error;
      return undefined;
    });
    if (hit !== undefined) return hit;
    await wait(200, signal);
    if (signal.aborted) throw new Missed('nobody came for the lock');
  }
}

/** Whether the workers are answered this within so many milliseconds from now. */
const hears = (world: World, code: string, before: number, milliseconds = 3_000): Promise<boolean> =>
  within(milliseconds, () => answered(world, code) > before);

const restart = (how: 'fast' | 'immediate') => (scene: Scene) =>
  scene.alone('Postgres', async () => {
    const { postgres } = scene.world.arena;
    await postgres.end(how);
    await wait(aWhile(scene), scene.signal);
    await postgres.start();
    return {};
  });

/** Whoever looks after a server that has ended starts it again. */
const untilItAnswers = ({ world: { arena } }: Scene): Promise<unknown> =>
  persist(async () => {
    if (arena.postgres.hasEnded()) await arena.postgres.start();
    await arena.admin.query('select 1');
  });

const cut = (): SqlVerdict => 'cut';
const failing = (sqlState: string) => (): SqlVerdict => ({ sqlState });

export const postgresKinds = kindsOf('Postgres', [
  {
    name: 'Postgres restarted',
    does: 'a fast shutdown; away for one to four seconds',
    weight: 1,
    isOutage: true,
    inject: restart('fast'),
  },
  {
    name: 'Postgres ended at once',
    does: 'an immediate shutdown; crash recovery at the start',
    weight: 1,
    isOutage: true,
    inject: restart('immediate'),
  },
  {
    name: 'a server process of Postgres killed',
    does: 'kill -9 of the process of a session: Postgres ends all sessions and recovers',
    weight: 1,
    isOutage: true,
    inject: (scene) =>
      scene.alone('Postgres', async () => {
        const { world, signal } = scene;
        const rows = await world.arena.admin.query<{ pid: number }>(
          `select pid from pg_stat_activity where ${ofWorkers(world)} order by state = 'active' desc limit 1`,
        );
        if (rows[0] === undefined || !world.arena.postgres.killSession(rows[0].pid))
          throw new Missed('no session');
        await wait(500, signal);
        await untilItAnswers(scene);
        return {};
      }),
  },
  {
    name: 'sessions terminated',
    does: 'pg_terminate_backend of every session of the workers',
    weight: 3,
    isOutage: true,
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
    does: 'in the middle of a COPY, of a worker that reads or of the service that logs',
    weight: 3,
    inject: async ({ world: { workers, service }, signal }) => {
      await trapped([...workers.map(({ postgres }) => postgres), service.gate], signal, () => ({
        moment: 'copied rows',
        wants: () => true,
        act: cut,
      }));
      return {};
    },
  },
  {
    name: 'the service is cut off around a commit',
    does: 'the service that logs predictions and actuals: before or after the commit',
    weight: 2,
    inject: async ({ world: { service }, signal, choose }) => {
      const moment = choose(2) === 0 ? 'before commit' : 'after commit';
      await trapped([service.gate], signal, () => ({ moment, wants: () => true, act: cut }));
      return {};
    },
  },
  {
    name: 'connection cut before a commit',
    does: 'the commit does not arrive',
    weight: 4,
    inject: atSql({ moment: 'before commit', act: cut }),
  },
  {
    name: 'connection cut after a commit',
    does: 'the commit is done, and its answer does not arrive',
    weight: 4,
    inject: atSql({ moment: 'after commit', act: cut }),
  },
  {
    name: 'connection cut in a transaction',
    does: 'between two statements of a transaction',
    weight: 4,
    inject: atSql({ moment: 'statement in a transaction', act: cut }),
  },
  {
    name: 'serialization failure',
    does: 'a statement of a transaction fails with 40001, raised by the server',
    weight: 4,
    inject: atSql({ moment: 'statement in a transaction', act: failing('40001') }),
  },
  {
    name: 'out of memory',
    does: 'a statement of a transaction fails with 53200, raised by the server',
    weight: 3,
    inject: atSql({ moment: 'statement in a transaction', act: failing('53200') }),
  },
  {
    name: 'no room for a statement',
    does: 'a statement of a transaction fails with 53100, raised by the server',
    weight: 3,
    inject: atSql({ moment: 'statement in a transaction', act: failing('53100') }),
  },
  {
    name: 'a commit that is refused',
    does: 'the commit fails with 40001 and the transaction is rolled back, as a server that is serializable may',
    weight: 4,
    inject: atSql({ moment: 'before commit', act: failing('40001') }),
  },
  {
    name: 'deadlock',
    does: 'a stranger and a transaction of a worker wait for each other: Postgres ends the worker’s',
    weight: 1.5,
    inject: (scene) =>
      whileLockedOut(scene, async ({ execute, table, pid }) => {
        const before = answered(scene.world, '40P01');
        const [held] = await execute<{ name: string }>(
          `select c.relname as name from pg_locks l join pg_class c on c.oid = l.relation
           where l.pid = ${pid} and l.granted and l.mode = 'RowExclusiveLock' and c.relkind = 'r' and c.relname <> '${table}'
           limit 1`,
        );
        if (held === undefined) return false;
        await execute(`set lock_timeout = '5s'; lock table ${held.name} in access exclusive mode`);
        return hears(scene.world, '40P01', before);
      }),
  },
  {
    name: 'a lock that a stranger holds',
    does: 'a table is locked for two seconds longer than a worker waits for it',
    weight: 1.5,
    inject: (scene) =>
      whileLockedOut(scene, async () => {
        await wait(2_000, scene.signal);
        return true;
      }),
  },
  {
    name: 'statement timeout',
    does: 'statement_timeout of 100 ms while a stranger holds a lock',
    weight: 1,
    isOutage: true,
    inject: (scene) =>
      scene.alone('settings', async () => {
        let hit: Hit = {};
        await whileSet(scene, 'statement_timeout', `'100ms'`, async () => {
          hit = await whileLockedOut(scene, () =>
            hears(scene.world, '57014', answered(scene.world, '57014'), 2_000),
          );
        });
        return hit;
      }),
  },
  {
    name: 'out of connections',
    does: 'a stranger takes every connection, and the sessions of the workers end',
    weight: 0.7,
    isOutage: true,
    inject: (scene) =>
      scene.alone('Postgres', async () => {
        const { world } = scene;
        const before = answered(world, '53300');
        await world.arena.whileFull(async (execute) => {
          const isHeard = await within(8_000, async () => {
            await execute(`select pg_terminate_backend(pid) from pg_stat_activity where ${ofWorkers(world)}`);
            return hears(world, '53300', before, 200);
          });
          if (!isHeard) throw new Missed('nobody has asked for a connection');
          await wait(aWhile(scene), scene.signal);
        });
        return {};
      }),
  },
  {
    name: 'read-only',
    does: 'default_transaction_read_only is on, as on a standby after a fail-over',
    weight: 1,
    isOutage: true,
    inject: (scene) =>
      scene.alone('settings', async () => {
        const before = answered(scene.world, '25006');
        await whileSet(scene, 'default_transaction_read_only', 'on', async () => {
          await within(20_000, () => scene.signal.aborted || answered(scene.world, '25006') > before);
          await wait(1_000, scene.signal);
        });
        if (answered(scene.world, '25006') === before) throw new Missed('nothing was written');
        return {};
      }),
  },
  {
    name: 'disk full',
    does: 'the file system of the data has no room left, until a worker hears of it or Postgres ends for want of its log (a tmpfs, which only root may mount)',
    weight: 0.7,
    isOutage: true,
    needs: 'disk',
    inject: (scene) =>
      scene.alone('Postgres', async () => {
        const { disk, admin, postgres } = scene.world.arena;
        if (disk === undefined) throw new Missed('no disk of its own');
        const before = answered(scene.world, '53100');
        await disk.fill();
        try {
          await wait(1_000, scene.signal);
          // Each takes a new file of the log.
          const isHit = await within(10_000, async () => {
            if (postgres.hasEnded() || answered(scene.world, '53100') > before) return true;
            await admin.execute('select pg_logical_emit_message(false, $1, $2), pg_switch_wal()', ['', '']);
            return false;
          }).catch(() => true);
          if (!isHit) throw new Missed('nobody has needed room');
          await wait(1_000, scene.signal);
        } finally {
          await disk.free();
          await untilItAnswers(scene);
        }
        return {};
      }),
  },
  {
    name: 'Postgres does not answer',
    does: 'nothing gets through for some seconds, and nothing breaks',
    weight: 1,
    isOutage: true,
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
    does: 'connections break and new ones are refused for some seconds',
    weight: 1,
    isOutage: true,
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
    does: 'each piece of data takes 20 ms longer for some seconds',
    weight: 1,
    isOutage: true,
    inject: async (scene) => {
      const { workers } = scene.world;
      for (const worker of workers) worker.postgres.slow(20);
      await wait(aWhile(scene), scene.signal);
      for (const worker of workers) worker.postgres.slow(0);
      return {};
    },
  },
]);
