/**
 * The package as npm packs it, in a project of its own that has nothing but what the client needs. The project is the
 * TypeScript of docs/log-predictions.md, a request to its server, and its end.
 */

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { fenced } from '../../docs/fenced.ts';
import { createTestDatabase } from '../../setup/servers.ts';

const run = promisify(execFile);
const root = new URL('../../..', import.meta.url).pathname;
const compiler = join(root, 'node_modules/typescript/bin/tsc');

/** What somebody who installs the package has, of what it depends on: no Temporal, no DuckDB, no console. */
const installed = ['pg', 'pg-copy-streams', 'prom-client', 'zod', '@types/pg', '@types/node'];

const atTheEnd = `
import type { AddressInfo } from 'node:net';
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
await (await fetch('http://127.0.0.1:' + (server.address() as AddressInfo).port)).text();
const flushed: string = await tidewatch.close();
console.log(JSON.stringify({ flushed, counts: tidewatch.counts() }));
process.exit(0);
`;

let directory: string;
let packed: readonly string[];
let consumer: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-package-'));
  const built = join(directory, 'built');
  await mkdir(built);
  for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'])
    await copyFile(join(root, file), join(built, file));
  await writeFile(join(built, 'monitors.yaml'), 'not for the package');
  await run(process.execPath, [
    compiler,
    '-p',
    join(root, 'tsconfig.build.json'),
    '--outDir',
    join(built, 'dist'),
  ]);
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
    {
      cwd: built,
      maxBuffer: 10_000_000,
    },
  );
  const [{ filename, files }] = JSON.parse(stdout) as [
    { filename: string; files: readonly { path: string }[] },
  ];
  packed = files.map(({ path }) => path);

  consumer = join(directory, 'consumer');
  const modules = join(consumer, 'node_modules');
  await mkdir(join(modules, 'tidewatch'), { recursive: true });
  await mkdir(join(modules, '@types'));
  await run('tar', ['-xzf', join(directory, filename), '--strip-components=1'], {
    cwd: join(modules, 'tidewatch'),
  });
  for (const name of installed) await symlink(join(root, 'node_modules', name), join(modules, name));
  await writeFile(join(consumer, 'package.json'), JSON.stringify({ type: 'module' }));
  const page = await readFile(join(root, 'docs/log-predictions.md'), 'utf8');
  await writeFile(join(consumer, 'consumer.ts'), [...fenced(page, 'ts'), atTheEnd].join('\n'));
  await writeFile(
    join(consumer, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        module: 'NodeNext',
        strict: true,
        exactOptionalPropertyTypes: true,
        types: ['node'],
      },
      files: ['consumer.ts'],
    }),
  );
}, 300_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

it('holds what runs, and neither sources, tests nor the demo', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly bin: { readonly tidewatch: string };
    readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  const named = Object.values(manifest.exports).flatMap((entry) => Object.values(entry));
  expect(named).toHaveLength(8);
  for (const path of [manifest.bin.tidewatch, ...named]) expect(packed).toContain(path.replace('./', ''));
  expect(packed.filter((path) => !path.startsWith('dist/')).toSorted()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'package.json',
  ]);
  expect(packed.filter((path) => /^dist\/(test|demo|bench|docs\/reference|ops)\//.test(path))).toEqual([]);
});

it('is used by a strict project of its own: its types, and at run time, without Temporal', async () => {
  await run(process.execPath, [compiler, '-p', consumer]).catch((error: { stdout?: string }) => {
    throw new Error(`the consumer has wrong types: ${error.stdout}`);
  });
  const test = await createTestDatabase();
  try {
    const { stdout } = await run(process.execPath, [join(consumer, 'consumer.js')], {
      env: { PATH: process.env['PATH'], DATABASE_URL: test.url, SPOOL_DIRECTORY: join(consumer, 'spool') },
    });
    expect(stdout.split('\n')).toEqual([
      '1 stored []',
      JSON.stringify({
        flushed: 'stored',
        counts: { logged: 6, lost: 0, stored: 6, rejected: 0, waiting: 0, spoolBytes: 0 },
      }),
      '',
    ]);
    expect(
      await test.database.query('select model, prediction, features from predictions order by model'),
    ).toEqual([
      { model: 'house-prices', prediction: 310_000, features: { rooms: 4, city: 'Porto' } },
      {
        model: 'photo-captions',
        prediction: 0.8,
        features: expect.objectContaining({ brightness: 0, words: 4, script: 'latin' }),
      },
    ]);
    expect(
      await test.database.query('select model, entity, value, class from actuals order by model, entity'),
    ).toEqual([
      { model: 'film-ratings', entity: 'user-1/film-9', value: 4, class: null },
      { model: 'house-prices', entity: 'house-42', value: 298_000, class: null },
      { model: 'spam', entity: 'mail-1', value: null, class: 'newsletter' },
      { model: 'spam', entity: 'mail-2', value: null, class: 'spam' },
      { model: 'spam', entity: 'mail-3', value: null, class: 'ham' },
    ]);
  } finally {
    await test.drop();
  }
});
