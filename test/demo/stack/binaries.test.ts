import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FindBinaryOptions } from '../../../demo/stack/binaries.ts';
import { findBinary } from '../../../demo/stack/binaries.ts';
import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';
import type { Release } from '../../../demo/stack/server-catalog.ts';
import { serverCatalog } from '../../../demo/stack/server-catalog.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

const FITS = 'exit 0';
const CACHED = `temporal-${serverCatalog.temporal.version}`;
/** Answers `--version` only, as a Temporal CLI that is too old for `server start-dev` would. */
const TOO_OLD = 'test "$1" = --version';
/** Stands for the Go compiler: writes a fitting program where `-o` says. */
const GO = `while test "$1" != -o; do shift; done; printf '#!/bin/sh\\n# built\\nexit 0\\n' > "$2"`;
const NOWHERE: Release = { ...serverCatalog.temporal.release, baseUrl: 'http://127.0.0.1:1' };

async function program(path: string, script: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** Empty places to look at, and no release: each test fills what it needs. */
async function places(): Promise<{
  path: string;
  cache: string;
  elsewhere: string;
  options: FindBinaryOptions;
}> {
  const root = await temporaryDirectory();
  const [path, cache, elsewhere] = [join(root, 'path'), join(root, 'cache'), join(root, 'elsewhere')];
  return {
    path,
    cache,
    elsewhere,
    options: { cacheDirectory: cache, env: { PATH: path }, release: NOWHERE },
  };
}

/** A release whose archive holds a fitting program. */
async function publish(sha256?: string): Promise<Release> {
  const directory = await temporaryDirectory();
  await program(join(directory, 'temporal'), '# downloaded\nexit 0');
  execFileSync('tar', ['-czf', 'archive.tar.gz', 'temporal'], { cwd: directory });
  const archive = await readFile(join(directory, 'archive.tar.gz'));
  const server = createServer((_, response) => response.end(archive));
  const port = await listenOnLoopback(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const actual = createHash('sha256').update(archive).digest('hex');
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  return { ...NOWHERE, baseUrl: `http://127.0.0.1:${port}`, sha256: { [platform]: sha256 ?? actual } };
}

describe('findBinary', () => {
  it('takes the binary of the environment variable first', async () => {
    const { path, cache, elsewhere, options } = await places();
    const mine = await program(join(elsewhere, 'my-temporal'), FITS);
    await program(join(path, 'temporal'), FITS);
    await program(join(cache, CACHED), FITS);
    const env = { ...options.env, TIDEWATCH_TEMPORAL: mine };
    expect(await findBinary('temporal', { ...options, env })).toBe(mine);
  });

  it('then the one on PATH', async () => {
    const { path, cache, options } = await places();
    const onPath = await program(join(path, 'temporal'), FITS);
    await program(join(cache, CACHED), FITS);
    expect(await findBinary('temporal', options)).toBe(onPath);
  });

  it('then the one in the cache, by its version', async () => {
    const { cache, options } = await places();
    await program(join(cache, 'temporal-1.0.0'), FITS);
    const cached = await program(join(cache, CACHED), FITS);
    expect(await findBinary('temporal', { ...options, release: await publish() })).toBe(cached);
  });

  it('then the official release, which it puts into the cache', async () => {
    const { path, cache, options } = await places();
    await program(join(path, 'go'), GO);
    const said: string[] = [];
    const release = await publish();
    const found = await findBinary('temporal', {
      ...options,
      release,
      onProgress: (text) => said.push(text),
    });
    expect(found).toBe(join(cache, CACHED));
    expect(await readFile(found, 'utf8')).toContain('# downloaded');
    expect(await readdir(cache)).toEqual([CACHED]);
    expect(said).toEqual(['downloading the Temporal dev server 1.5.1']);
  });

  it('and last the Go build, which it puts into the cache', async () => {
    const { path, cache, options } = await places();
    await program(join(path, 'go'), GO);
    const said: string[] = [];
    const found = await findBinary('temporal', { ...options, onProgress: (text) => said.push(text) });
    expect(found).toBe(join(cache, CACHED));
    expect(await readFile(found, 'utf8')).toContain('# built');
    expect(await readdir(cache)).toEqual([CACHED]);
    expect(said.at(-1)).toBe('building the Temporal dev server from source, about 3 minutes the first time');
  });

  it('passes over a binary on PATH that cannot start a dev server', async () => {
    const { path, cache, options } = await places();
    await program(join(path, 'temporal'), TOO_OLD);
    const cached = await program(join(cache, CACHED), FITS);
    expect(await findBinary('temporal', options)).toBe(cached);
  });

  it('asks no more of a Pushgateway than its version', async () => {
    const { path, options } = await places();
    const onPath = await program(join(path, 'pushgateway'), TOO_OLD);
    expect(await findBinary('pushgateway', options)).toBe(onPath);
  });

  it('throws where the variable names a file that is not there, whatever else there is', async () => {
    const { cache, elsewhere, options } = await places();
    await program(join(cache, CACHED), FITS);
    const missing = join(elsewhere, 'nothing');
    const env = { ...options.env, TIDEWATCH_TEMPORAL: missing };
    await expect(findBinary('temporal', { ...options, env })).rejects.toThrow(
      `TIDEWATCH_TEMPORAL is ${missing}, but there is no such executable file. Correct the variable, or unset it.`,
    );
  });

  it('throws where the variable names a binary that cannot start a dev server', async () => {
    const { elsewhere, options } = await places();
    const old = await program(join(elsewhere, 'old'), TOO_OLD);
    const env = { ...options.env, TIDEWATCH_TEMPORAL: old };
    await expect(findBinary('temporal', { ...options, env })).rejects.toThrow(
      `\`${old} server start-dev --help\` failed`,
    );
  });

  it('refuses a download with a wrong checksum, and builds instead', async () => {
    const { path, options } = await places();
    await program(join(path, 'go'), GO);
    const found = await findBinary('temporal', { ...options, release: await publish('0'.repeat(64)) });
    expect(await readFile(found, 'utf8')).toContain('# built');
  });

  it('lists each way, why it failed and what to do where none works, and leaves nothing in the cache', async () => {
    const { cache, options } = await places();
    const finding = findBinary('temporal', { ...options, release: await publish('0'.repeat(64)) });
    const message = await finding.catch((error: unknown) => String(error));
    expect(message).toContain('There is no Temporal dev server. Tried:');
    expect(message).toContain('- TIDEWATCH_TEMPORAL: not set');
    expect(message).toContain('- PATH: no temporal on it');
    expect(message).toContain(`- cache: no ${join(cache, CACHED)}`);
    expect(message).toContain('- download: the checksum of temporal_cli_1.5.1_');
    expect(message).toContain('- Go build: no go on PATH');
    expect(message).toContain('or set TIDEWATCH_TEMPORAL to the path of a binary');
    expect(await readdir(cache)).toEqual([]);
  });

  it('shows the end of the output of a build that failed', async () => {
    const { path, options } = await places();
    await program(join(path, 'go'), 'echo "missing go.sum entry" >&2; exit 1');
    await expect(findBinary('temporal', options)).rejects.toThrow(
      /- Go build: go build ended with exit code 1\. Its log is .+temporal-1\.5\.1\.build\.log, which ends with:\nmissing go\.sum entry/,
    );
  });

  it('leaves one whole binary where two look for it at once', async () => {
    const { path, cache, options } = await places();
    await program(join(path, 'go'), GO);
    const found = await Promise.all([findBinary('temporal', options), findBinary('temporal', options)]);
    expect(found).toEqual([join(cache, CACHED), join(cache, CACHED)]);
    expect(await readdir(cache)).toEqual([CACHED]);
  });
});
