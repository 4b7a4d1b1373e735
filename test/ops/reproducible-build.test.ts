import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;

/** In a folder of its own, with packages of its own: links to the same files, which no build changes. */
async function build(folder: string): Promise<Record<string, string>> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const script =
    'git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$0" && cp -al node_modules "$0"';
  await run('sh', ['-c', script, folder], { cwd: root });
  await run('npm', ['run', 'build'], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
  const dist = join(folder, 'dist');
  const files = (await readdir(dist, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => {
        const content = await readFile(file);
        // Nor does it tell whose machine it was built on.
        expect(content.includes(folder), file).toBe(false);
        return [file.slice(dist.length), createHash('sha256').update(content).digest('hex')] as const;
      }),
    ),
  );
}

it('gives the same bytes in whatever folder, the bundles of the workflows among them', async () => {
  const parent = join(root, '.tidewatch', 'builds');
  try {
    const one = await build(join(parent, 'one'));
    const other = await build(join(parent, 'another', 'one'));
    expect(Object.keys(one)).toEqual(
      expect.arrayContaining(['/cli/tidewatch.js', '/workflow-bundle.js', '/traced-workflow-bundle.js']),
    );
    expect(other).toEqual(one);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}, 600_000);
