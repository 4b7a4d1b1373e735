/** A real server that speaks as S3 does, where there is one: see test/setup/install-moto.sh. */

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startChild, untilReady } from '../../demo/stack/child-process.ts';
import { withFreePorts } from '../../demo/stack/loopback-ports.ts';

const installed = new URL('../../.tidewatch/moto/bin/moto_server', import.meta.url).pathname;

/** The path of the program: TIDEWATCH_MOTO, or what was installed here; undefined where there is none. */
export function findMoto(): string | undefined {
  const given = process.env['TIDEWATCH_MOTO'];
  if (given !== undefined && given !== '') return given;
  return existsSync(installed) ? installed : undefined;
}

export interface MotoServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startMoto(program: string): Promise<MotoServer> {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-moto-'));
  return withFreePorts(async (freePort) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = startChild({
      name: 'moto',
      command: program,
      args: ['--host', '127.0.0.1', '--port', String(port)],
      cwd: directory,
      env: process.env,
      logFile: join(directory, 'log'),
    });
    await untilReady(child, async () => (await fetch(`${url}/moto-api/data.json`)).ok);
    return {
      url,
      stop: async () => {
        await child.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  });
}
