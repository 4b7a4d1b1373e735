import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readModelFacts } from '../../../cli/init/model-facts.ts';
import { activitiesOn } from '../../setup/activities.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { createTestDatabase } from '../../setup/servers.ts';
import { at, load, watch } from '../../setup/synthetic.ts';

const model = 'suited';

let test: TestDatabase;
let directory: string;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'init-'));
  await watch(test.database, { model });
  await load(test.database, model, { from: 1, to: 22 });
});
afterAll(async () => {
  await test.drop();
  await rm(directory, { recursive: true });
});

const tidewatch = (...args: string[]) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), join(process.cwd(), 'cli/tidewatch.ts'), ...args],
      { cwd: directory, env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: test.url } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

describe('tidewatch init --expectations --model', () => {
  it('says that the model has no reference yet, or that there is no such model', async () => {
    await expect(readModelFacts(test.database, model)).rejects.toThrow(
      '"suited" has no stored reference yet',
    );
    await expect(readModelFacts(test.database, 'other')).rejects.toThrow(
      'No monitor watches the model "other"',
    );
    expect((await tidewatch('init', '--expectations', '--model', 'other')).code).toBe(2);
  });

  it('suggests from the profiles of the newest reference, and says where it wrote', async () => {
    await activitiesOn(test.database).profileHours({ model, asOf: at(22, 3) });
    expect(await tidewatch('init', '--expectations', '--model', model)).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^wrote expectations\.yaml\nnext: read it, then `tidewatch compare .*\n$/,
      ),
      stderr: '',
    });
    const text = await readFile(join(directory, 'expectations.yaml'), 'utf8');
    expect(text).toContain('suggested from suited: its reference, 2024-01-01 to 2024-01-15 (336 rows).');
    expect(text.slice(text.indexOf('expectations:'))).toBe(`expectations:
  # 2 levels, none missing
  c: { in: [ a, b ], notNull: true }
  # -2 to 2, none missing
  x: { min: -2.4, max: 2.4, notNull: true }
  # 10 to 19, none missing
  prediction: { min: 9.1, max: 19.9, notNull: true }
`);
    expect((await tidewatch('init', '--expectations', '--model', model)).stderr).toContain('already exists');
  });
});
