/** `npm run build` gives the same bytes wherever it runs: what was released can be made again from its sources, and compared. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Beside the sources, so that what is installed is linked and not copied. */
const place = join(root, '.tidewatch', `builds-${process.pid}`);
const folders = [join(place, 'a'), join(place, 'another/and/deeper')];

beforeAll(async () => {
  for (const folder of folders) await mkdir(folder, { recursive: true });
});
afterAll(() => rm(place, { recursive: true, force: true, maxRetries: 3 }));

/** File -> hash. */
async function built(folder: string, language: string): Promise<Record<string, string>> {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const compiled =
    /^(core|console|workflows|activities|worker|schedules|sql|client|cli|docs\/runbooks)\/|^(package|tsconfig)[^/]*\.json$/;
  const files = stdout.split('\n').filter((file) => compiled.test(file));
  for (const file of files) await cp(join(root, file), join(folder, file));
  // Links of the files of all packages: names of the place that it is built in are what could be in it.
  await run('cp', ['-al', join(root, 'node_modules'), folder], { maxBuffer: 2 ** 24 });
  await run('npm', ['run', 'build'], {
    cwd: folder,
    env: { ...process.env, LANG: language, TZ: 'Asia/Tokyo' },
    maxBuffer: 2 ** 26,
  });
  const dist = join(folder, 'dist');
  const made = (await readdir(dist, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    await Promise.all(
      made.map(async (entry): Promise<[string, string]> => {
        const path = join(entry.parentPath, entry.name);
        const content = await readFile(path);
        expect(content.includes(place), path).toBe(false);
        return [relative(dist, path), createHash('sha256').update(content).digest('hex')];
      }),
    ),
  );
}

it('gives the same bytes in another folder, language and time zone', async () => {
  const [first, second] = [await built(folders[0]!, 'C'), await built(folders[1]!, 'de_DE.UTF-8')];
  expect(Object.keys(first).length).toBeGreaterThan(500);
  expect(Object.keys(first)).toEqual(
    expect.arrayContaining(['workflow-bundle.js', 'traced-workflow-bundle.js', 'cli/tidewatch.js']),
  );
  expect(second).toEqual(first);
}, 1_800_000);
