import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IncomingWebhook } from '@slack/webhook';
import { Connection } from '@temporalio/client';
import { createTransport } from 'nodemailer';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Stack } from '../../../demo/stack/stack.ts';
import { startStack } from '../../../demo/stack/stack.ts';
import { until } from '../../../demo/stack/until.ts';
import { startParent } from './fixtures/parent-process.ts';
import { groupRuns, listens } from './fixtures/remains.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

/** The project's own cache of servers, so that no test downloads or builds them. */
const binDirectory = fileURLToPath(new URL('../../../.tidewatch/bin', import.meta.url));
const SOON_MS = 15_000;
/** Temporal's number for search attributes of type Keyword. */
const KEYWORD = 2;

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The pids of the servers that run in a state directory. */
async function pidsOf(stateDirectory: string): Promise<number[]> {
  const run = join(stateDirectory, 'run');
  const texts = await Promise.all((await readdir(run)).map((file) => readFile(join(run, file), 'utf8')));
  return texts.map((text) => Number(JSON.parse(text).pid));
}

const noneRuns = (pids: readonly number[]): Promise<boolean> => until(() => !pids.some(groupRuns), SOON_MS);

describe('a running stack', () => {
  let directory: string;
  let stack: Stack;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-test-'));
    stack = await startStack({ stateDirectory: directory, binDirectory, persistent: false });
  });
  afterAll(async () => {
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('has a Postgres that answers, in UTC and in the order of code points', async () => {
    const rows = await query(
      stack.postgres.url('postgres'),
      `select current_setting('timezone') as zone, current_setting('server_encoding') as encoding, 'a' > 'B' as "codePoints"`,
    );
    expect(rows).toEqual([{ zone: 'UTC', encoding: 'UTF8', codePoints: true }]);
  });

  it('lets nobody into Postgres without the password', async () => {
    const url = new URL(stack.postgres.url('postgres'));
    url.password = 'wrong';
    await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('has a Temporal with the namespace default, the search attributes of runs and the Web UI', async () => {
    const { address, uiUrl } = stack.temporal;
    const connection = await Connection.connect({ address });
    onTestFinished(() => connection.close());
    const described = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(described.namespaceInfo?.name).toBe('default');
    const attributes = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(attributes.customAttributes).toMatchObject({
      Model: KEYWORD,
      Window: KEYWORD,
      Verdict: KEYWORD,
    });
    expect(await (await fetch(uiUrl)).text()).toContain('<html');
  });

  it('has a Pushgateway that shows what was pushed', async () => {
    const { url } = stack.pushgateway;
    const group = `${url}/metrics/job/tidewatch/process/drift/model/bike-demand`;
    const pushed = await fetch(group, { method: 'PUT', body: 'data_drift_detected 1\n' });
    expect(pushed.status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/data_drift_detected\{[^}]*model="bike-demand"[^}]*\} 1/);
  });

  it('has an SMTP server that takes mail', async () => {
    const mail = {
      from: 'tidewatch@example.com',
      to: 'anna@example.com',
      subject: 'drift',
      text: 'in bike-demand',
    };
    await createTransport(stack.smtp?.url ?? '').sendMail(mail);
    expect(stack.smtp?.messages()).toMatchObject([{ subject: 'drift', to: ['anna@example.com'] }]);
  });

  it('has a Slack webhook that takes messages', async () => {
    await new IncomingWebhook(stack.slack?.url ?? '').send({ text: 'drift' });
    expect(stack.slack?.messages()).toMatchObject([{ body: { text: 'drift' } }]);
  });

  it('refuses another stack in its state directory', async () => {
    const other = startStack({ stateDirectory: directory, binDirectory, persistent: false });
    await expect(other).rejects.toThrow(
      `The state directory ${directory} is in use by another running stack`,
    );
    expect(await query(stack.postgres.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('runs beside another stack in another directory, without mail and Slack where they are not wanted', async () => {
    const stateDirectory = await temporaryDirectory();
    const other = await startStack({
      stateDirectory,
      binDirectory,
      persistent: false,
      slack: false,
      smtp: false,
    });
    expect(other.postgres.port).not.toBe(stack.postgres.port);
    expect(other.slack).toBeUndefined();
    expect(other.smtp).toBeUndefined();
    await other.stop();
    expect(await query(stack.postgres.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a stopped stack', () => {
  it('has left no process, port, lock or data', async () => {
    const stateDirectory = await temporaryDirectory();
    const stack = await startStack({ stateDirectory, binDirectory, persistent: false });
    const pids = await pidsOf(stateDirectory);
    const urls = [stack.postgres.url('postgres'), `http://${stack.temporal.address}`, stack.temporal.uiUrl];
    urls.push(stack.pushgateway.url, stack.slack?.url ?? '', stack.smtp?.url ?? '');
    const ports = urls.map((url) => Number(new URL(url).port));
    expect(pids).toHaveLength(3);
    expect(await Promise.all(ports.map(listens))).toEqual(ports.map(() => true));

    await Promise.all([stack.stop(), stack.stop()]);

    expect(await noneRuns(pids)).toBe(true);
    expect(await Promise.all(ports.map(listens))).toEqual(ports.map(() => false));
    expect((await readdir(stateDirectory)).sort()).toEqual(['logs', 'postgres', 'run']);
    expect(await readdir(join(stateDirectory, 'postgres'))).toEqual([]);
    expect(await readdir(join(stateDirectory, 'run'))).toEqual([]);
  });
});

describe('a persistent stack', () => {
  it('ends when its process is killed with SIGKILL; the next start takes over at once and has its data', async () => {
    const stateDirectory = await temporaryDirectory();
    const parent = await startParent(new URL('./fixtures/parent-of-stack.ts', import.meta.url), [
      stateDirectory,
      binDirectory,
    ]);
    const pids = await pidsOf(stateDirectory);
    await query(String(parent.printed['databaseUrl']), `create table kept as select 'so far' as value`);
    await parent.killHard();

    const stack = await startStack({ stateDirectory, binDirectory, persistent: true });
    onTestFinished(() => stack.stop());

    expect(await noneRuns(pids)).toBe(true);
    expect(stack.postgres.port).not.toBe(parent.printed['port']);
    expect(await query(stack.postgres.url('postgres'), 'select value from kept')).toEqual([
      { value: 'so far' },
    ]);
  });

  it('is not touched by a stack in the same directory that is not persistent', async () => {
    const stateDirectory = await temporaryDirectory();
    const kept = await startStack({ stateDirectory, binDirectory, persistent: true });
    await query(kept.postgres.url('postgres'), 'create table kept ()');
    await kept.stop();
    await (await startStack({ stateDirectory, binDirectory, persistent: false })).stop();

    const again = await startStack({ stateDirectory, binDirectory, persistent: true });
    onTestFinished(() => again.stop());
    expect(await query(again.postgres.url('postgres'), `select to_regclass('kept') as kept`)).toEqual([
      { kept: 'kept' },
    ]);
  });
});

describe('a stack that does not start', () => {
  it('stops what had started, frees the directory, and says which log to read', async () => {
    const stateDirectory = await temporaryDirectory();
    const fake = join(stateDirectory, 'temporal');
    const script = 'case "$*" in *--port*) echo "disk is full" >&2; exit 3;; esac';
    await writeFile(fake, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    vi.stubEnv('TIDEWATCH_TEMPORAL', fake);
    onTestFinished(() => void vi.unstubAllEnvs());

    await expect(startStack({ stateDirectory, binDirectory, persistent: false })).rejects.toThrow(
      `The Temporal dev server ended with exit code 3 before it was ready. Its log is ${stateDirectory}/logs/temporal.log, which ends with:\ndisk is full`,
    );
    expect(await readdir(join(stateDirectory, 'run'))).toEqual([]);
    expect((await readdir(stateDirectory)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('ends early where its signal is aborted', async () => {
    const stateDirectory = await temporaryDirectory();
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    await expect(startStack({ stateDirectory, binDirectory, persistent: false, signal })).rejects.toThrow(
      'Ctrl-C',
    );
    expect(await readdir(join(stateDirectory, 'run'))).toEqual([]);
  });
});
