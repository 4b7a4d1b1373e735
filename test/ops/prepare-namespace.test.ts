import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findBinary } from '../../demo/stack/binaries.ts';
import { testServers } from '../setup/servers.ts';

const root = new URL('../..', import.meta.url).pathname;
const namespace = `ops-${randomBytes(6).toString('hex')}`;

let directory: string;
let connection: Connection;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-ops-'));
  // The script calls `temporal`, as the image has it.
  const binary = await findBinary('temporal', { cacheDirectory: join(root, '.tidewatch/bin') });
  await symlink(binary, join(directory, 'temporal'));
  connection = await Connection.connect({ address: testServers().temporalAddress });
});
afterAll(async () => {
  await connection.close();
  await rm(directory, { recursive: true, force: true });
});

async function prepareNamespace(): Promise<void> {
  await promisify(execFile)('/bin/sh', [join(root, 'ops/temporal/prepare-namespace.sh')], {
    env: {
      PATH: [directory, process.env['PATH']].join(delimiter),
      HOME: directory,
      TEMPORAL_ADDRESS: testServers().temporalAddress,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_RETENTION: '720h',
    },
  });
}

describe('ops/temporal/prepare-namespace.sh', () => {
  it('makes a namespace whose schedules can carry the model, and ends when they can', async () => {
    await prepareNamespace();
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(720 * 3600);
    const client = new Client({ connection, namespace });
    const query = `Model = 'bike-demand'`;
    expect((await client.workflow.count(query)).count).toBe(0);
  });

  it('changes nothing the second time', async () => {
    const describeAttributes = (): Promise<unknown> =>
      connection.operatorService.listSearchAttributes({ namespace });
    const before = await describeAttributes();
    await prepareNamespace();
    expect(await describeAttributes()).toEqual(before);
  });

  it('adds what a namespace of an older version lacks', async () => {
    const { operatorService } = connection;
    await operatorService.removeSearchAttributes({ namespace, searchAttributes: ['Window', 'Verdict'] });
    await prepareNamespace();
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(['Model', 'Window', 'Verdict']));
  });
});
