/**
 * What `docker build` does, done without a container engine: each stage is a directory, and its commands run there.
 * It downloads every dependency twice (a minute), so it runs only with TIDEWATCH_TEST_IMAGE=1.
 */

import { execFile, spawn } from 'node:child_process';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase } from '../../sql/database.ts';
import { migrate } from '../../sql/migrator.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import type { Instruction, Stage } from './dockerfile.ts';
import { readBuildContext, readDockerfile } from './dockerfile.ts';

const root = new URL('../..', import.meta.url).pathname;

let directory: string;
let image: string;

/** Where the root directory of a stage is. */
const rootOf = (stage: string): string => join(directory, stage === '' ? 'image' : stage);

async function buildStage({ name, from, instructions }: Stage, context: readonly string[]): Promise<void> {
  const stage = rootOf(name);
  if (from.startsWith('node:')) {
    await mkdir(join(stage, 'app'), { recursive: true });
    await mkdir(join(stage, 'usr/local/bin'), { recursive: true });
  } else await cp(rootOf(from), stage, { recursive: true, verbatimSymlinks: true });
  for (const instruction of instructions) await follow(instruction, stage, context);
}

async function follow({ word, text }: Instruction, stage: string, context: readonly string[]): Promise<void> {
  if (word === 'RUN') {
    const command = text
      .replaceAll('/app/', `${stage}/app/`)
      .replaceAll('/usr/local/', `${stage}/usr/local/`);
    await promisify(execFile)('/bin/sh', ['-c', command], { cwd: join(stage, 'app'), maxBuffer: 2 ** 26 });
  }
  if (word !== 'COPY') return;
  const [first = '', ...rest] = text.split(' ');
  const fromStage = first.startsWith('--from=') ? rootOf(first.slice('--from='.length)) : undefined;
  const sources = fromStage === undefined ? [first, ...rest.slice(0, -1)] : rest.slice(0, -1);
  const target = join(stage, 'app', rest.at(-1)!);
  for (const source of sources) {
    const options = { recursive: true, verbatimSymlinks: true };
    if (fromStage !== undefined) await cp(join(fromStage, source), target, options);
    else
      for (const name of source === '.' ? context : [source]) {
        await cp(join(root, name), join(target, name), options);
      }
  }
}

describe.skipIf(process.env['TIDEWATCH_TEST_IMAGE'] !== '1')('what the Dockerfile builds', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-image-'));
    image = rootOf('');
    const context = await readBuildContext(join(root, '.dockerignore'));
    for (const stage of await readDockerfile(join(root, 'Dockerfile'))) await buildStage(stage, context);
  }, 600_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('has the dependencies of production and none of development', async () => {
    const { dependencies, devDependencies } = JSON.parse(
      await readFile(join(image, 'app/package.json'), 'utf8'),
    ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const modules = join(image, 'app/node_modules');
    await Promise.all(Object.keys(dependencies).map((name) => access(join(modules, name))));
    const present = await Promise.all(
      Object.keys(devDependencies).map(async (name) =>
        access(join(modules, name)).then(
          () => [name],
          () => [],
        ),
      ),
    );
    // A dependency of production needs the types of Node.js.
    expect(present.flat().filter((name) => name !== '@types/node')).toEqual([]);
  });

  it('keeps the native library of one platform', async () => {
    const releases = await readdir(join(image, 'app/node_modules/@temporalio/core-bridge/releases'));
    expect(releases).toEqual([expect.stringMatching(/^(x86_64|aarch64)-unknown-linux-gnu$/)]);
  });

  it('becomes ready, and ends with 0 at SIGTERM', async () => {
    const database = await createTestDatabase('empty');
    const { temporalAddress, pushgatewayUrl } = testServers();
    const connection = openDatabase({ url: database.url, poolSize: 1 });
    await migrate(connection);
    await connection.close();
    const worker = spawn(join(image, 'usr/local/bin/tidewatch'), ['worker'], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: temporalAddress,
        TEMPORAL_TASK_QUEUE: 'image',
        PUSHGATEWAY_URL: pushgatewayUrl,
        TIDEWATCH_HTTP_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    let log = '';
    await new Promise<void>((resolve, reject) => {
      worker.once('exit', () => reject(new Error(log)));
      worker.stdout.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('worker started')) resolve();
      });
    });
    const [, url] = /"http":"([^"]+)"/.exec(log)!;
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
    worker.kill('SIGTERM');
    expect(await exit).toBe(0);
    await database.drop();
  });
});
