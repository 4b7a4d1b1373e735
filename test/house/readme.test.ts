/**
 * Every command and every JSON object that the README and the pages below show is run here, or by the run of the tests itself.
 * The other pages with commands have tests of their own in test/docs.
 */

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { commandsOf, fenced } from '../docs/fenced.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import { startTestWorker } from '../setup/worker.ts';

const root = new URL('../..', import.meta.url).pathname;
const pages = [
  'README.md',
  'docs/compare-tables.md',
  'docs/temporal-ui.md',
  'docs/alerts.md',
  'docs/retraining.md',
];
const text = (await Promise.all(pages.map((page) => readFile(join(root, page), 'utf8')))).join('\n');
const packageJson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

const commands = [...new Set(commandsOf(text))];

let stateDirectory: string;
let database: TestDatabase;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'tidewatch-readme-'));
  await writeMonths();
  database = await createTestDatabase('empty');
  const { temporalAddress } = testServers();
  environment = {
    ...process.env,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_TASK_QUEUE: 'readme',
    TIDEWATCH_HTTP_PORT: '0',
    TIDEWATCH_CONSOLE_PORT: '0',
    // npx links the project into its cache, and a cache that an interrupted npx left behind stays broken.
    npm_config_cache: join(stateDirectory, 'npm'),
  };
});
afterAll(async () => {
  await database.drop();
  await rm(stateDirectory, { recursive: true, force: true });
});

/** Runs a line as a shell does. */
function run(line: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)('/bin/sh', ['-c', line], { cwd: root, env: environment, maxBuffer: 2 ** 24 });
}

/** Runs a line until its output matches, then sends Ctrl-C; gives all output, once everything that it started has ended. */
function runUntil(line: string, wanted: RegExp): Promise<{ output: string }> {
  const child = spawn('/bin/sh', ['-c', `exec ${line}`], { cwd: root, env: environment, detached: true });
  let output = '';
  let interrupted = false;
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    if (!interrupted && wanted.test(output)) {
      interrupted = true;
      // To the process group, as a terminal does.
      process.kill(-child.pid!, 'SIGINT');
    }
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => child.once('close', () => resolve({ output })));
}

/** Two months of the demo's bikes, and what the commands write, in the place of files beside the reader. */
function withFiles(line: string): string {
  return line.replaceAll(/\b\w+\.(csv|html|profile|yaml)\b/g, (name) => join(stateDirectory, name));
}
async function writeMonths(): Promise<void> {
  const [header, ...rows] = (await readFile(join(root, 'demo/data/bikeshare_2011.csv'), 'utf8')).split('\n');
  for (const [name, month] of [
    ['january', 'Jan'],
    ['february', 'Feb'],
  ] as const) {
    const ofMonth = rows.filter((row) => row.includes(`"${month}"`));
    await writeFile(join(stateDirectory, `${name}.csv`), [header, ...ofMonth].join('\n'));
  }
}
/** Runs a line that ends with this exit code, and gives what it printed. */
async function ending(line: string, code: number): Promise<string> {
  const ended = await run(withFiles(line)).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  expect(ended).toMatchObject({ code });
  return ended.stdout;
}

const weekOfDemo = (): string => `--weeks 1 --state ${stateDirectory}`;

/** Each command of the pages, and how it is run here. */
const runs: Readonly<Record<string, () => Promise<void>>> = {
  'npm ci && npm run demo': async () => {
    const { output } = await runUntil(`npm run demo -- ${weekOfDemo()}`, /Ctrl-C stops it/);
    expect(output).toContain('Temporal UI   http://127.0.0.1:');
    const url = /Pushgateway {3}(\S+)/.exec(output)![1]!;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  },
  // This very run.
  'npm ci && npm test': async () => expect(packageJson.scripts['test']).toBe('vitest run'),
  'npm run demo -- --model flights': async () => {
    const { stdout } = await run(`npm run demo -- --model flights --exit ${weekOfDemo()}`);
    expect(stdout).toContain('2013-04-01');
  },
  'npm run demo -- --inject hum:+0.3@2011-05-20': async () => {
    const { stdout } = await run(`npm run demo -- --inject hum:+0.3@2011-05-20 --exit ${weekOfDemo()}`);
    expect(stdout).toContain('2011-03-01');
  },
  'npm run demo -- --exit --summary summary.json': async () => {
    const file = join(stateDirectory, 'summary.json');
    await run(`npm run demo -- --exit --summary ${file} ${weekOfDemo()}`);
    const summary = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    expect(summary).toEqual({
      model: 'bike-demand',
      metric: 'rmse',
      weeks: [
        {
          start: '2011-03-01',
          version: '2011-03-01',
          value: expect.any(Number),
          frozenValue: expect.any(Number),
          driftedFeatures: [],
          verdict: 'ok',
        },
      ],
      retrainings: [],
      alerts: { slack: [], email: [] },
      reports: [expect.stringContaining('bike-demand')],
      workflows: expect.objectContaining({ degradationCheck: { completed: 7, failed: 0 } }),
    });
  },
  'npm run demo -- --help': async () => {
    expect((await run('npm run demo -- --help')).stdout).toContain('--inject <change>');
  },
  // The other commands get the addresses of the servers of this run.
  'export DATABASE_URL=postgres://tidewatch@127.0.0.1:5432/tidewatch TEMPORAL_ADDRESS=127.0.0.1:7233':
    async () => {
      expect(Object.keys(environment)).toEqual(expect.arrayContaining(['DATABASE_URL', 'TEMPORAL_ADDRESS']));
    },
  'npx tidewatch migrate': async () => {
    expect((await run('npx tidewatch migrate')).stdout).toContain('0001_core.sql');
  },
  'npx tidewatch apply --plan': async () => {
    expect((await run('npx tidewatch apply --plan')).stdout).toContain(
      'nothing changed; run `tidewatch apply` to do this',
    );
  },
  'npx tidewatch apply': async () => {
    await run('npx tidewatch apply --paused');
    expect((await run('npx tidewatch apply')).stdout).toContain('nothing to change');
  },
  'npx tidewatch worker': async () => {
    const { output } = await runUntil('npx tidewatch worker', /worker started/);
    expect(output).toContain('worker stopped');
  },
  'npx tidewatch status': async () => {
    expect((await run('npx tidewatch status')).stdout).toContain('bike-demand');
  },
  'npx tidewatch status --model bike-demand --explain': async () => {
    const { stdout } = await run('npx tidewatch status --model bike-demand --explain');
    expect(stdout).toContain('there is no degradation check yet');
  },
  // Nothing has been evaluated yet, which both say; test/cli/status and test/cli/rules ask models that have a history.
  'npx tidewatch rules try --model bike-demand --rules monitors/bike-demand.yaml': async () => {
    const line = 'npx tidewatch rules try --model bike-demand --rules monitors/bike-demand.yaml';
    const stderr = expect.stringContaining('run `performanceEvaluation` first');
    await expect(run(line)).rejects.toMatchObject({ code: 2, stderr });
  },
  'npx tidewatch report --model bike-demand --output report.html': async () => {
    // Nothing has been logged yet: the command says so, or draws a report that does.
    await ending(
      'npx tidewatch report --model bike-demand --from 2011-05-01 --to 2011-05-08 --output report.html',
      0,
    );
    expect(await readFile(join(stateDirectory, 'report.html'), 'utf8')).toContain('bike-demand');
  },
  'npx tidewatch reprocess --model bike-demand --from 2011-05-01 --to 2011-05-08': async () => {
    const line = 'npx tidewatch reprocess --model bike-demand --from 2011-05-01 --to 2011-05-08';
    expect((await run(`${line} --detach`)).stdout).toContain('reprocessing:bike-demand');
  },
  'npx tidewatch console': async () => {
    const { output } = await runUntil('npx tidewatch console', /the console is at http/);
    expect(output).not.toContain('"level":50');
  },
  // The Pushgateway and a worker are not where it looks for them here; test/cli/doctor has them all.
  'npx tidewatch doctor': async () => {
    const ended = await run('npx tidewatch doctor').catch((error: { stdout: string }) => error);
    expect(ended.stdout).toMatch(/^ok +schema/m);
  },
  'npx tidewatch alerts': async () => {
    expect((await run('npx tidewatch alerts')).stdout).toMatch(/no alert is open/);
  },
  'npx tidewatch alerts --help': async () => {
    expect((await run('npx tidewatch alerts --help')).stdout).toContain('acknowledge');
  },
  'npx tidewatch alerts route --test --model bike-demand --kind degradation --severity critical':
    async () => {
      const line =
        'npx tidewatch alerts route --test --model bike-demand --kind degradation --severity critical';
      expect((await run(line)).stdout).toContain('bikes-oncall@example.org');
    },
  'npx tidewatch retrainings': async () => {
    expect((await run('npx tidewatch retrainings')).stdout).toContain('no model was retrained');
  },
  // There is none yet; test/cli/retrainings shows some.
  'npx tidewatch retrainings show bike-demand': async () => {
    const stderr = expect.stringContaining('bike-demand');
    await expect(run('npx tidewatch retrainings show bike-demand')).rejects.toMatchObject({
      code: 2,
      stderr,
    });
  },
  // None is registered yet; test/cli/retrainings restores one.
  'npx tidewatch retrainings restore bike-demand': async () => {
    const stderr = expect.stringContaining('no version is registered as its champion');
    await expect(run('npx tidewatch retrainings restore bike-demand')).rejects.toMatchObject({
      code: 2,
      stderr,
    });
  },
  'npx tidewatch retrainings --help': async () => {
    expect((await run('npx tidewatch retrainings --help')).stdout).toContain('approve');
  },
  'npx tidewatch compare --reference january.csv --current february.csv': async () => {
    const line = 'npx tidewatch compare --reference january.csv --current february.csv';
    expect(await ending(line, 0)).toContain('temp');
  },
  'npx tidewatch compare --reference january.csv --current february.csv --format html --output drift.html':
    async () => {
      const line = 'npx tidewatch compare --reference january.csv --current february.csv';
      await ending(`${line} --format html --output drift.html`, 0);
      expect(await readFile(join(stateDirectory, 'drift.html'), 'utf8')).toContain('<svg');
    },
  'npx tidewatch profile write january.csv --output january.profile': async () => {
    await ending('npx tidewatch profile write january.csv --output january.profile', 0);
  },
  'npx tidewatch compare --profile january.profile --current february.csv --json': async () => {
    const line = 'npx tidewatch compare --profile january.profile --current february.csv --json';
    const report = JSON.parse(await ending(line, 0)) as { columns: { column: string }[] };
    expect(report.columns.map(({ column }) => column)).toContain('temp');
  },
  'npx tidewatch init --expectations --reference january.csv --output expectations.yaml': async () => {
    await ending('npx tidewatch init --expectations --reference january.csv --output expectations.yaml', 0);
  },
  'npx tidewatch compare --reference january.csv --current february.csv --expectations expectations.yaml --fail-on-drift':
    async () => {
      const line = 'npx tidewatch compare --reference january.csv --current february.csv';
      await ending(`${line} --expectations expectations.yaml --fail-on-drift`, 1);
    },
  // test/house/check.test.ts runs it.
  'npm run check': async () => expect(packageJson.scripts['check']).toContain('check:types'),
};

describe('the README', () => {
  it('shows no command that is not run', () => {
    expect(commands.filter((command) => !(command in runs))).toEqual([]);
  });

  // In the order of the pages: later commands build on earlier ones.
  for (const command of commands) {
    it(`runs: ${command}`, async () => runs[command]?.(), 300_000);
  }

  it('promises rightly that Ctrl-C leaves nothing running, also in the middle of the replay', async () => {
    const { output } = await runUntil(
      `npm run demo -- --weeks 4 --state ${stateDirectory}`,
      /the worker takes tasks/,
    );
    expect(output).toContain('stopping');
    expect(output).not.toContain('Everything is running');
    const url = /the runs at (\S+)/.exec(output)?.[1];
    // Absent where Ctrl-C was faster.
    if (url !== undefined) await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('shows SQL that stores rows, twice without an error', async () => {
    const migrated = await createTestDatabase();
    try {
      const [sql] = fenced(text, 'sql');
      for (let time = 0; time < 2; time += 1) await migrated.database.query(sql!);
      expect(await migrated.database.query('select prediction from predictions')).toEqual([
        { prediction: 310_000 },
      ]);
      expect(await migrated.database.query('select value from actuals')).toEqual([{ value: 298_000 }]);
    } finally {
      await migrated.drop();
    }
  });

  it('shows inputs that the workflows take', async () => {
    const inputs = fenced(text, 'json').map((text) => JSON.parse(text) as { window?: unknown });
    expect(inputs).toHaveLength(2);
    const migrated = await createTestDatabase();
    const worker = await startTestWorker(migrated.database);
    try {
      for (const input of inputs) {
        // No monitor is applied: the input is right, and the first thing that is missed is the model.
        const failure = worker.run(input.window === undefined ? 'driftDetection' : 'actualsBackfill', input);
        await expect(failure).rejects.toMatchObject({ cause: { cause: { type: 'UNKNOWN_MODEL' } } });
      }
    } finally {
      await worker.stop();
      await migrated.drop();
    }
  });
});
