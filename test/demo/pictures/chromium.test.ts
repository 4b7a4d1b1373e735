import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findChromium } from '../../../demo/pictures/chromium.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-chromium-'));
  for (const name of ['google-chrome', 'chromium', 'mine']) {
    await writeFile(join(directory, name), '');
    await chmod(join(directory, name), 0o755);
  }
  await writeFile(join(directory, 'no-program'), '', { mode: 0o644 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('findChromium', () => {
  it('takes TIDEWATCH_CHROMIUM before anything on the PATH', async () => {
    const environment = { TIDEWATCH_CHROMIUM: join(directory, 'mine'), PATH: directory };
    expect(await findChromium(environment)).toBe(join(directory, 'mine'));
  });

  it('prefers chromium to google-chrome, wherever on the PATH they are', async () => {
    expect(await findChromium({ PATH: ['/nowhere', directory].join(delimiter) })).toBe(
      join(directory, 'chromium'),
    );
  });

  it('says how to install one where there is none', async () => {
    await expect(findChromium({ PATH: '/nowhere' })).rejects.toThrow(
      'apt-get install --no-install-recommends chromium',
    );
  });

  it('does not go on to the PATH when TIDEWATCH_CHROMIUM is no program', async () => {
    // Root may read everything, but runs only what is marked as a program.
    const environment = { TIDEWATCH_CHROMIUM: join(directory, 'no-program'), PATH: directory };
    await expect(findChromium(environment)).rejects.toThrow(/TIDEWATCH_CHROMIUM is .*no-program/);
  });
});
