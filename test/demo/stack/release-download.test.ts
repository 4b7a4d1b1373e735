import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';
import { downloadRelease } from '../../../demo/stack/release-download.ts';
import type { Release } from '../../../demo/stack/server-catalog.ts';
import { serverCatalog } from '../../../demo/stack/server-catalog.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

const ARCHIVE = 'server_linux-amd64.tar.gz';

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** An archive that holds `bin/server`. */
async function archive(): Promise<Buffer> {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'bin'));
  await writeFile(join(directory, 'bin', 'server'), 'the executable');
  execFileSync('tar', ['-czf', ARCHIVE, 'bin'], { cwd: directory });
  return readFile(join(directory, ARCHIVE));
}

async function serve(files: Readonly<Record<string, Buffer | string>>): Promise<string> {
  const server = createServer((request, response) => {
    const file = files[(request.url ?? '').slice(1)];
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

const release = (baseUrl: string, pinned?: string): Release => ({
  baseUrl,
  archive: (platform) => `server_${platform}.tar.gz`,
  member: () => 'bin/server',
  checksumFile: 'sums.txt',
  sha256: pinned === undefined ? {} : { 'linux-amd64': pinned },
});

describe('downloadRelease', () => {
  it('unpacks the executable of an archive whose checksum is the pinned one', async () => {
    const content = await archive();
    const url = await serve({ [ARCHIVE]: content });
    const path = await downloadRelease(
      release(url, sha256(content)),
      'linux-amd64',
      await temporaryDirectory(),
    );
    expect(await readFile(path, 'utf8')).toBe('the executable');
  });

  it("without a pinned checksum asks the release's own list", async () => {
    const content = await archive();
    const list = `${'0'.repeat(64)}  other.tar.gz\n${sha256(content)}  ${ARCHIVE}\n`;
    const url = await serve({ [ARCHIVE]: content, 'sums.txt': list });
    const path = await downloadRelease(release(url), 'linux-amd64', await temporaryDirectory());
    expect(await readFile(path, 'utf8')).toBe('the executable');
  });

  it('believes the pinned checksum rather than the list', async () => {
    const content = await archive();
    const url = await serve({ [ARCHIVE]: content, 'sums.txt': `${sha256(content)}  ${ARCHIVE}\n` });
    const downloading = downloadRelease(
      release(url, '1'.repeat(64)),
      'linux-amd64',
      await temporaryDirectory(),
    );
    await expect(downloading).rejects.toThrow(`is ${sha256(content)}, not ${'1'.repeat(64)}`);
  });

  it('refuses an archive with a wrong checksum before unpacking it', async () => {
    const url = await serve({ [ARCHIVE]: await archive(), 'sums.txt': `${'0'.repeat(64)}  ${ARCHIVE}\n` });
    const directory = await temporaryDirectory();
    await expect(downloadRelease(release(url), 'linux-amd64', directory)).rejects.toThrow(
      'damaged or was replaced',
    );
    await expect(access(join(directory, 'bin'))).rejects.toThrow('ENOENT');
  });

  it('refuses an archive that the list does not name', async () => {
    const url = await serve({ [ARCHIVE]: await archive(), 'sums.txt': '' });
    const downloading = downloadRelease(release(url), 'linux-amd64', await temporaryDirectory());
    await expect(downloading).rejects.toThrow(`sums.txt of the release has no checksum for ${ARCHIVE}`);
  });

  it('says which address failed and how', async () => {
    const url = await serve({});
    const directory = await temporaryDirectory();
    await expect(downloadRelease(release(url), 'linux-amd64', directory)).rejects.toThrow(
      `${url}/sums.txt answered 404`,
    );
    await expect(downloadRelease(release('http://127.0.0.1:1'), 'linux-amd64', directory)).rejects.toThrow(
      /http:\/\/127\.0\.0\.1:1\/sums\.txt cannot be reached \(.+\)/,
    );
  });
});

describe('serverCatalog', () => {
  it('names the archives as the projects do', () => {
    const { temporal, pushgateway } = serverCatalog;
    expect(temporal.release.archive('darwin-arm64')).toBe('temporal_cli_1.5.1_darwin_arm64.tar.gz');
    expect(pushgateway.release.archive('linux-amd64')).toBe('pushgateway-1.11.1.linux-amd64.tar.gz');
    expect(pushgateway.release.member('linux-amd64')).toBe('pushgateway-1.11.1.linux-amd64/pushgateway');
  });

  it('has the versions that the Go module builds', async () => {
    const goMod = await readFile(new URL('../../../demo/stack/tools/go.mod', import.meta.url), 'utf8');
    expect(goMod).toContain(`github.com/temporalio/cli v${serverCatalog.temporal.version}\n`);
    expect(goMod).toContain(`github.com/prometheus/pushgateway v${serverCatalog.pushgateway.version}\n`);
  });
});
