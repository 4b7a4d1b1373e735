import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import type { Stage } from './dockerfile.ts';
import { readBuildContext, readDockerfile } from './dockerfile.ts';

const root = new URL('../..', import.meta.url).pathname;
const readJson = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(join(root, name), 'utf8')) as T;

let stages: readonly Stage[];
let context: readonly string[];
beforeAll(async () => {
  stages = await readDockerfile(join(root, 'Dockerfile'));
  context = await readBuildContext(join(root, '.dockerignore'));
});

const texts = (stage: Stage, word: string): readonly string[] =>
  stage.instructions.filter((instruction) => instruction.word === word).map(({ text }) => text);
const last = (): Stage => stages.at(-1)!;

describe('.dockerignore', () => {
  it('lets in what `npm run build` compiles and copies, and the files that say how', async () => {
    const { include } = await readJson<{ include: string[] }>('tsconfig.build.json');
    const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
    expect(context.toSorted()).toEqual([...files, 'docs', ...include].toSorted());
    await Promise.all(context.map((name) => access(join(root, name))));
  });
});

describe('the stages of the Dockerfile', () => {
  it('start from one pinned Node.js that package.json allows, or from each other', async () => {
    const names = stages.map(({ name }) => name);
    const images = stages.map(({ from }) => from).filter((from) => !names.includes(from));
    expect(images).toHaveLength(1);
    const [, version] = /^node:(\d+\.\d+\.\d+)-bookworm-slim$/.exec(images[0]!)!;
    const [, minimum] = /^>=(\d+\.\d+)$/.exec(
      (await readJson<{ engines: { node: string } }>('package.json')).engines.node,
    )!;
    expect(version!.localeCompare(minimum!, 'en', { numeric: true })).toBeGreaterThan(0);
    // The version that the types are of, and so what the code is checked against.
    const types = await readJson<{ version: string }>('node_modules/@types/node/package.json');
    expect(version!.split('.')[0]).toBe(types.version.split('.')[0]);
  });

  it('copy what the build context or an earlier stage has', () => {
    const known = new Set<string>();
    const wrong = stages.flatMap((stage) => {
      const copies = texts(stage, 'COPY').map((text) => text.split(' '));
      known.add(stage.name);
      return copies.filter(([first, ...rest]) =>
        first!.startsWith('--from=')
          ? !known.has(first!.slice('--from='.length))
          : ![first!, ...rest.slice(0, -1)].every((source) => source === '.' || context.includes(source)),
      );
    });
    expect(wrong).toEqual([]);
  });

  it('take modules from the lock file, without the scripts of packages', () => {
    const installs = stages.flatMap((stage) => texts(stage, 'RUN')).filter((text) => text.includes('npm ci'));
    expect(installs.map((text) => text.split(' && ')[0])).toEqual([
      'npm ci --ignore-scripts',
      'npm ci --omit=dev --ignore-scripts',
    ]);
  });
});

describe('the image of the Dockerfile', () => {
  it('holds the modules of production, not those of the build', () => {
    expect(texts(last(), 'COPY')).toEqual([
      '--from=dependencies /app/node_modules ./node_modules',
      '--from=build /app/dist ./dist',
    ]);
  });

  it('is the `tidewatch` command, and a worker unless it is told otherwise', async () => {
    const { bin } = await readJson<{ bin: { tidewatch: string } }>('package.json');
    expect(texts(last(), 'RUN')).toEqual([`ln -s /app/${bin.tidewatch} /usr/local/bin/tidewatch`]);
    expect(texts(last(), 'ENTRYPOINT')).toEqual(['["tidewatch"]']);
    expect(texts(last(), 'CMD')).toEqual(['["worker"]']);
  });

  it('runs as a user without rights, and ends at SIGTERM', () => {
    expect(texts(last(), 'USER')).toEqual(['node']);
    expect(texts(last(), 'STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  it('sets variables that the worker, Node or the C library knows', async () => {
    const source = await Promise.all(
      ['worker/configuration.ts', 'worker/code-version.ts'].map((name) => readFile(join(root, name), 'utf8')),
    );
    const names = texts(last(), 'ENV').flatMap((text) =>
      [...text.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name!),
    );
    expect(names).toContain('TIDEWATCH_REVISION');
    const ofTheRuntime = ['NODE_ENV', 'MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];
    const unknown = names.filter((name) => !ofTheRuntime.includes(name) && !source.join('\n').includes(name));
    expect(unknown).toEqual([]);
  });
});

describe('the health check of the Dockerfile', () => {
  it.each([
    { status: 200, exit: 0 },
    { status: 503, exit: 1 },
  ])('ends with $exit when /readyz answers $status', async ({ status, exit }) => {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await runHealthCheck(port)).toBe(exit);
    expect(paths).toEqual(['/readyz']);
    await new Promise((resolve) => server.close(resolve));
    // The same port again: now nothing listens.
    expect(await runHealthCheck(port)).toBe(1);
  });

  function runHealthCheck(port: number): Promise<number | null> {
    const [, command] = /CMD (\[.*\])$/.exec(texts(last(), 'HEALTHCHECK')[0]!)!;
    const [executable, ...options] = JSON.parse(command!) as string[];
    expect(executable).toBe('node');
    const child = spawn(process.execPath, options, {
      env: { TIDEWATCH_HTTP_PORT: String(port) },
      stdio: 'ignore',
    });
    return new Promise((resolve) => child.once('exit', resolve));
  }
});
