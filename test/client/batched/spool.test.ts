import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openSpool, type Spool } from '../../../client/batched/spool.ts';

const run = promisify(execFile);

let directory: string;
let lost: [number, string][];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-spool-'));
  lost = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = (bytes = 10_000_000): Spool =>
  openSpool({
    directory,
    bytes,
    age: 60_000,
    whenFull: 'drop-newest',
    onLost: (rows, reason) => lost.push([rows, reason]),
  });
async function readAll(spool: Spool): Promise<string[]> {
  const entries: string[] = [];
  for (let oldest = await spool.oldest(); oldest !== undefined; oldest = await spool.oldest()) {
    entries.push(...oldest.entries);
    await oldest.remove();
  }
  return entries;
}
const segments = async (): Promise<string[]> =>
  (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).toSorted();

describe('a spool', () => {
  it('gives entries in the order in which they came, whatever was read meanwhile', async () => {
    const spool = open();
    await spool.append(['1', '2']);
    const oldest = await spool.oldest();
    await spool.append(['3']);
    expect(oldest?.entries).toEqual(['1', '2']);
    await oldest?.remove();
    await Promise.all([spool.append(['4']), spool.append(['5', '6'])]);
    expect(await readAll(spool)).toEqual(['3', '4', '5', '6']);
    expect([spool.isEmpty(), spool.bytes(), await segments()]).toEqual([true, 0, []]);
  });

  it('keeps entries until they are removed', async () => {
    const spool = open();
    await spool.append(['1']);
    await spool.oldest();
    expect((await spool.oldest())?.entries).toEqual(['1']);
  });

  it('begins a new segment when one is large', async () => {
    const spool = open();
    const large = JSON.stringify('x'.repeat(400_000));
    for (let n = 0; n < 5; n += 1) await spool.append([large]);
    expect(await segments()).toHaveLength(2);
    expect(await readAll(spool)).toHaveLength(5);
  });

  it('takes all entries of a call or none', async () => {
    const spool = open(50);
    await spool.append(['1', '2']);
    await expect(spool.append(['3', '4', '5'])).rejects.toThrow('has its 50 bytes');
    expect(await readAll(spool)).toEqual(['1', '2']);
  });

  it('lets a line that was torn cost itself only, and tells of it once', async () => {
    const dead = open();
    await dead.append(['1', '2']);
    await dead.close();
    await appendFile(join(directory, (await segments())[0]!), 'deadbeef {"half');
    const spool = open();
    await spool.lookAround();
    await spool.oldest();
    expect(await readAll(spool)).toEqual(['1', '2']);
    expect(lost).toEqual([[1, 'they were not written as a whole']]);
  });

  it('leaves alone what others have put there', async () => {
    await appendFile(join(directory, 'notes.txt'), 'mine');
    await appendFile(join(directory, '0000000000000-000000-other.v2.jsonl'), 'of a later version\n');
    const spool = open();
    await spool.lookAround();
    expect([spool.isEmpty(), (await readdir(directory)).length]).toEqual([true, 3]);
  });

  it('of a full disk keeps what it had, and goes on when there is room', async (context) => {
    const disk = join(directory, 'small');
    const mounted = await run('mkdir', [disk])
      .then(() => run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]))
      .catch(() => undefined);
    if (mounted === undefined) return context.skip('no small file system can be mounted here');
    try {
      const spool = openSpool({
        directory: disk,
        bytes: 10_000_000,
        age: 60_000,
        whenFull: 'drop-newest',
        onLost: (rows, reason) => lost.push([rows, reason]),
      });
      await spool.append(['1', '2']);
      await run('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=1k', 'count=48']);
      const large = JSON.stringify('x'.repeat(30_000));
      await expect(spool.append(['3', large])).rejects.toThrow('ENOSPC');
      await rm(join(disk, 'filler'));
      await spool.append(['3', large]);
      expect(await readAll(spool)).toEqual(['1', '2', '3', large]);
      expect(lost).toEqual([]);
    } finally {
      await run('umount', [disk]);
    }
  });
});
