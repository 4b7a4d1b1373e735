import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  encodeProfileFile,
  readProfileFile,
  writeProfileFile,
  type ProfileFile,
} from '../../cli/profile-file.ts';
import { buildCategoricalGrid, buildContinuousGrid } from '../../core/profile/grid.ts';
import { buildProfile } from '../../core/profile/profile.ts';

const temperature = buildContinuousGrid(Float64Array.from({ length: 300 }, (_, i) => Math.sin(i)));
const weather = buildCategoricalGrid(['clear', 'rain "heavy"\n', 'Schnee, 雪']);
const content: ProfileFile = {
  createdBy: '1.2.3',
  sources: ['january.csv'],
  rows: 4,
  columns: [
    { name: 'temp', grid: temperature, profile: buildProfile(temperature, [0.1, 0.2, 7, null]) },
    { name: 'weather', grid: weather, profile: buildProfile(weather, ['Schnee, 雪', 'fog', 'clear', {}]) },
  ],
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-profile-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function readBytes(bytes: Uint8Array): Promise<ProfileFile> {
  const path = join(directory, 'some.profile');
  await writeFile(path, bytes);
  return readProfileFile(path);
}

describe('a profile file', () => {
  it('gives back what was written', async () => {
    const path = join(directory, 'data.profile');
    await writeProfileFile(path, content);
    expect(await readProfileFile(path)).toEqual(content);
  });

  it('has the same bytes for the same profiles', async () => {
    const [a, b] = [join(directory, 'a.profile'), join(directory, 'b.profile')];
    await writeProfileFile(a, content);
    await writeProfileFile(b, await readProfileFile(a));
    expect(await readFile(b)).toEqual(await readFile(a));
  });

  it('says in its first line what it is', () => {
    expect(Buffer.from(encodeProfileFile(content)).toString('latin1')).toMatch(
      /^tidewatch profile 1 [0-9a-f]{8}\n\{"createdBy":"1\.2\.3"/,
    );
  });

  it('may have no columns', async () => {
    const empty = { ...content, rows: 0, columns: [] };
    expect(await readBytes(encodeProfileFile(empty))).toEqual(empty);
  });
});

describe('readProfileFile refuses', () => {
  const bytes = encodeProfileFile(content);

  it('a file that is not there', async () => {
    await expect(readProfileFile(join(directory, 'nothing.profile'))).rejects.toThrow(
      /nothing\.profile cannot be read as a profile: there is no such file\. Give a file/,
    );
  });

  it.each([
    ['a table', 'temp,hum\n1,2\n'],
    ['an empty file', ''],
    ['a word that only begins alike', 'tidewatch profiles\n'],
  ])('%s', async (_, text) => {
    await expect(readBytes(Buffer.from(text))).rejects.toThrow(/it does not begin as one/);
  });

  it('a later version, whatever follows', async () => {
    await expect(readBytes(Buffer.from('tidewatch profile 2 and more\n'))).rejects.toThrow(
      /it has version 2, this Tidewatch reads version 1/,
    );
  });

  it('a file that was cut off, anywhere', async () => {
    for (let length = 0; length < bytes.length; length += 97) {
      await expect(readBytes(bytes.subarray(0, length))).rejects.toMatchObject({
        code: 'UNREADABLE_PROFILE_FILE',
      });
    }
    await expect(readBytes(bytes.subarray(0, -1))).rejects.toThrow(/it was damaged or cut off/);
  });

  it('a file in which any byte changed', async () => {
    for (let position = 0; position < bytes.length; position += 61) {
      const damaged = bytes.slice();
      damaged[position]! ^= 1;
      await expect(readBytes(damaged)).rejects.toMatchObject({ code: 'UNREADABLE_PROFILE_FILE' });
    }
  });
});

describe('writeProfileFile', () => {
  it('says which file it could not write', async () => {
    const path = join(directory, 'nowhere', 'data.profile');
    await expect(writeProfileFile(path, content)).rejects.toThrow(
      /nowhere\/data\.profile cannot be written: ENOENT/,
    );
  });
});
