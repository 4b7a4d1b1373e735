/** Records of retrainings on an MLflow server. */

import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openMlflow, type MlflowRecord } from '../../../activities/retraining/mlflow.ts';
import { findMlflow, readMlflow, startMlflow, type MlflowServer } from '../../setup/mlflow-server.ts';

const time = Date.parse('2024-01-10T00:00:00Z');

/** Version 2 has been trained and is held against version 1. */
const record: MlflowRecord = {
  run: {
    key: 'bikes/2024-01-10T03:40:00Z',
    name: 'retraining 2024-01-10T03:40:00Z',
    status: 'RUNNING',
    startedAt: time,
    endedAt: null,
    params: { 'training.start': '2024-01-01T00:00:00Z', champion: '1' },
    tags: { 'tidewatch.state': 'shadow' },
    metrics: [
      { key: 'holdout.rmse.challenger', value: 1.5, timestamp: time },
      { key: 'drift.share', value: 0.5, timestamp: time },
    ],
  },
  versions: [
    {
      version: '1',
      registeredAs: null,
      source: 'tidewatch:/bikes/1',
      ofRun: false,
      tags: { 'tidewatch.stage': 'champion' },
    },
    {
      version: '2',
      registeredAs: null,
      source: 's3://models/2',
      ofRun: true,
      tags: { 'tidewatch.stage': 'shadow' },
    },
  ],
  aliases: { champion: '1', challenger: '2' },
};

/** The same after the promotion. */
const promoted: MlflowRecord = {
  ...record,
  run: {
    ...record.run,
    status: 'FINISHED',
    endedAt: time + 1000,
    tags: { 'tidewatch.state': 'kept' },
    metrics: [...record.run.metrics, { key: 'served.7d.rmse', value: 1.6, timestamp: time + 1000 }],
  },
  versions: [
    { ...record.versions[0]!, tags: { 'tidewatch.stage': 'archived' } },
    { ...record.versions[1]!, tags: { 'tidewatch.stage': 'champion' } },
  ],
  aliases: { champion: '2', previous: '1' },
};

const program = findMlflow();
if (program === undefined)
  console.log(
    'MLflow is not installed, and nothing is recorded on a real server: sh test/setup/install-mlflow.sh',
  );

describe.skipIf(program === undefined)('a real MLflow server', { timeout: 180_000 }, () => {
  let mlflow: MlflowServer;
  beforeAll(async () => {
    mlflow = await startMlflow(program!);
  }, 180_000);
  afterAll(() => mlflow.stop());

  it('has the run, both versions and their aliases, however often it is told', async () => {
    const target = { url: mlflow.url, registeredModel: 'bikes' };
    await openMlflow().record(target, record);
    await openMlflow().record(target, record);
    const found = await readMlflow(mlflow.url, 'bikes');
    const run = found.runs[0]?.info.run_id;
    expect(found).toEqual({
      aliases: { champion: '1', challenger: '2' },
      versions: [
        {
          version: '1',
          source: 'tidewatch:/bikes/1',
          run: '',
          tags: { 'tidewatch.version': '1', 'tidewatch.stage': 'champion' },
        },
        {
          version: '2',
          source: 's3://models/2',
          run,
          tags: { 'tidewatch.version': '2', 'tidewatch.stage': 'shadow' },
        },
      ],
      runs: [
        {
          info: expect.objectContaining({
            run_name: 'retraining 2024-01-10T03:40:00Z',
            status: 'RUNNING',
            start_time: time,
          }),
          params: { 'training.start': '2024-01-01T00:00:00Z', champion: '1' },
          metrics: { 'holdout.rmse.challenger': 1.5, 'drift.share': 0.5 },
          points: [1, 1],
        },
      ],
    });
  });

  it('follows a promotion: aliases move, stages change, the run ends', async () => {
    const target = { url: `${mlflow.url}/`, registeredModel: 'flights' };
    await openMlflow().record(target, record);
    await openMlflow().record(target, promoted);
    const { aliases, versions, runs } = await readMlflow(mlflow.url, 'flights');
    expect(aliases).toEqual({ champion: '2', previous: '1' });
    expect(versions.map(({ tags }) => tags['tidewatch.stage'])).toEqual(['archived', 'champion']);
    expect(runs).toMatchObject([
      { info: { status: 'FINISHED', end_time: time + 1000 }, metrics: { 'served.7d.rmse': 1.6 } },
    ]);
  });

  it('leaves alone the aliases that people gave, and takes versions that a trainer registered', async () => {
    const name = "people's";
    const target = { url: mlflow.url, registeredModel: name };
    await openMlflow().record(target, record);
    await fetch(`${mlflow.url}/api/2.0/mlflow/registered-models/alias`, {
      method: 'POST',
      body: JSON.stringify({ name, alias: 'golden', version: '1' }),
      headers: { 'content-type': 'application/json' },
    });
    const ofTrainer = { version: '3', registeredAs: '2', source: 's3://models/3', ofRun: true, tags: {} };
    await openMlflow().record(target, { ...record, versions: [ofTrainer], aliases: { champion: '3' } });
    const { aliases, versions } = await readMlflow(mlflow.url, name);
    expect(aliases).toEqual({ champion: '2', golden: '1' });
    expect(versions).toHaveLength(2);
  });

  it('refuses for good what it does not allow, and says why', async () => {
    const target = { url: mlflow.url, registeredModel: 'refused' };
    const ofThisMachine = { ...record.versions[0]!, source: 'file:///etc' };
    await expect(openMlflow().record(target, { ...record, versions: [ofThisMachine] })).rejects.toMatchObject(
      {
        code: 'MLFLOW_REFUSED',
        retryable: false,
        message: expect.stringContaining('model-versions/create: 400 Invalid model version source'),
      },
    );
  });
});

describe('a server that does not do what it should', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const answering = async (status: number, body: string): Promise<string> => {
    server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const recorded = (url: string) => openMlflow().record({ url, registeredModel: 'bikes' }, record);

  it('is asked again when it does not answer, or has trouble of its own', async () => {
    const away = { code: 'MLFLOW_UNREACHABLE', retryable: true };
    await expect(recorded('http://127.0.0.1:1')).rejects.toMatchObject(away);
    await expect(recorded(await answering(503, 'busy'))).rejects.toMatchObject(away);
  });

  it('is not asked again when it refuses', async () => {
    await expect(recorded(await answering(403, 'who are you?'))).rejects.toMatchObject({
      code: 'MLFLOW_REFUSED',
      message: expect.stringContaining('registered-models/create: 403 who are you?'),
    });
  });

  it.each([
    ['of the origin that the token is for', (url: string) => url, 'Bearer secret'],
    ['of another origin', () => 'https://mlflow.example.org', undefined],
  ])('gets the token only where it is the one %s', async (_, originOf, expected) => {
    const seen: unknown[] = [];
    const url = await answering(403, '');
    server!.on('request', ({ headers }) => seen.push(headers['authorization']));
    const mlflow = openMlflow({ token: { origin: originOf(url), token: 'secret' } });
    await expect(mlflow.record({ url, registeredModel: 'bikes' }, record)).rejects.toThrow('403');
    expect(seen).toEqual([expected]);
  });
});
