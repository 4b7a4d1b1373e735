import { execFile } from 'node:child_process';
import { cp, mkdtemp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readComposeFile } from './compose-file.ts';

const root = new URL('../..', import.meta.url).pathname;

let directory: string;
let secrets: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-secrets-'));
  secrets = join(directory, 'ops/secrets');
  await mkdir(join(directory, 'ops'));
  await cp(join(root, 'ops/make-secrets.sh'), join(directory, 'ops/make-secrets.sh'));
  await cp(join(root, '.env.example'), join(directory, '.env.example'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = async (): Promise<string> =>
  (await promisify(execFile)('/bin/sh', ['ops/make-secrets.sh'], { cwd: directory })).stdout;
const read = (name: string): Promise<string> => readFile(join(secrets, name), 'utf8');

/** Of secrets that people add. */
const directories = ['channels', 'console', 'sources'];

describe('ops/make-secrets.sh', () => {
  it('writes every secret of docker-compose.yml, each another one, and the settings', async () => {
    await run();
    const { secrets: wanted } = await readComposeFile(join(root, 'docker-compose.yml'), {});
    const names = (await readdir(secrets)).filter((name) => !directories.includes(name));
    expect(names.toSorted()).toEqual(Object.keys(wanted).toSorted());
    const values = await Promise.all(names.map(read));
    expect(new Set(values).size).toBe(names.length);
    const random = values.filter((value) => !value.startsWith('postgres://'));
    expect(random.filter((value) => !/^[0-9a-f]{48}$/.test(value))).toEqual([]);
    expect(await readFile(join(directory, '.env'), 'utf8')).toContain(
      '\nCOMPOSE_PROFILES=core,observability\n',
    );
  });

  it('gives Tidewatch the password of its database', async () => {
    const password = await read('tidewatch-db-password');
    expect(new URL(await read('tidewatch-database-url')).password).toBe(password);
  });

  it('lets the users of containers read the files, and nobody else of the machine find them', async () => {
    const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
    expect(await modeOf(secrets)).toBe('700');
    expect(await modeOf(join(secrets, 'postgres-password'))).toBe('444');
    for (const name of directories) expect(await modeOf(join(secrets, name))).toBe('755');
  });

  it('changes nothing the second time', async () => {
    const before = await read('postgres-password');
    expect(await run()).toBe('');
    expect(await read('postgres-password')).toBe(before);
  });
});
