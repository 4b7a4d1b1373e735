import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { sampleOf } from '../../../activities/metrics/catalog.ts';
import { openPushgateway } from '../../../activities/metrics/pushgateway.ts';
import { testServers } from '../../setup/servers.ts';
import { pushedSeries } from './pushed-series.ts';

const group = { process: 'drift-detection', model: 'pushgateway-test' } as const;
const open = () => openPushgateway(testServers().pushgatewayUrl);

describe('replaceGroup', () => {
  afterEach(() => open().deleteGroup(group));

  it('shows the samples with their labels', async () => {
    await open().replaceGroup(group, [
      ...sampleOf('data_drift_share', 0.5),
      ...sampleOf('feature_missing_ratio', 0.01, { feature: 'temp' }),
      ...sampleOf('feature_missing_ratio', 0, { feature: 'hum' }),
    ]);
    expect(await pushedSeries(group.model, group.process)).toEqual({
      data_drift_share: 0.5,
      'feature_missing_ratio{feature="temp"}': 0.01,
      'feature_missing_ratio{feature="hum"}': 0,
    });
  });

  it('takes away what is not among the samples any more', async () => {
    await open().replaceGroup(group, sampleOf('data_drift_share', 0.5));
    await open().replaceGroup(group, sampleOf('data_drift_detected', 1));
    expect(await pushedSeries(group.model, group.process)).toEqual({ data_drift_detected: 1 });
    await open().replaceGroup(group, []);
    expect(await pushedSeries(group.model, group.process)).toEqual({});
  });

  it('leaves the groups of other processes and models alone', async () => {
    const others = [
      { process: 'retraining', model: group.model },
      { process: group.process, model: 'pushgateway-test.other' },
    ] as const;
    for (const other of others)
      await open().replaceGroup(other, sampleOf('tidewatch_window_end_timestamp_seconds', 7));
    await open().replaceGroup(group, sampleOf('data_drift_share', 0.5));
    await open().deleteGroup(group);
    for (const other of others) {
      expect(await pushedSeries(other.model, other.process)).toEqual({
        tidewatch_window_end_timestamp_seconds: 7,
      });
      await open().deleteGroup(other);
    }
  });

  it('keeps label values of any characters', async () => {
    const feature = 'a/b "quoted" \\ <é> {x="y"}';
    await open().replaceGroup(group, sampleOf('feature_missing_ratio', 1, { feature }));
    expect(await pushedSeries(group.model, group.process)).toEqual({
      'feature_missing_ratio{feature="a/b \\"quoted\\" \\\\ <é> {x=\\"y\\"}"}': 1,
    });
  });

  it.each(['0a..b', 'a.b_c-d', `m${'x'.repeat(62)}`])('takes the model name %s', async (model) => {
    await open().replaceGroup({ ...group, model }, sampleOf('data_drift_share', 1));
    expect(await pushedSeries(model, group.process)).toEqual({ data_drift_share: 1 });
    await open().deleteGroup({ ...group, model });
  });

  it('takes a URL that ends with a slash', async () => {
    await openPushgateway(`${testServers().pushgatewayUrl}/`).replaceGroup(
      group,
      sampleOf('data_drift_share', 1),
    );
    expect(await pushedSeries(group.model, group.process)).toEqual({ data_drift_share: 1 });
  });
});

describe('deleteGroup', () => {
  it('takes a group away, and is content when there is none', async () => {
    await open().replaceGroup(group, sampleOf('data_drift_share', 0.5));
    await open().deleteGroup(group);
    await open().deleteGroup(group);
    expect(await pushedSeries(group.model, group.process)).toEqual({});
  });
});

describe('a Pushgateway that does not accept metrics', () => {
  const listen = async (server: Server): Promise<number> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const close = async (server: Server): Promise<void> => {
    server.close();
    await once(server, 'close');
  };

  it('is named with the reason when nothing listens there', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await close(server);
    await expect(
      openPushgateway(`http://user:secret@127.0.0.1:${port}/`).replaceGroup(group, []),
    ).rejects.toMatchObject({
      code: 'PUSHGATEWAY_UNREACHABLE',
      retryable: true,
      message: `The Pushgateway at http://127.0.0.1:${port} does not accept metrics (connect ECONNREFUSED 127.0.0.1:${port}). Start it, or correct PUSHGATEWAY_URL; without that variable nothing is pushed.`,
    });
  });

  it('is named with its answer when it refuses', async () => {
    const server = createServer((_request, response) => response.writeHead(400).end('bad metric'));
    const port = await listen(server);
    await expect(
      openPushgateway(`http://127.0.0.1:${port}/prefix/`).replaceGroup(
        group,
        sampleOf('data_drift_share', 1),
      ),
    ).rejects.toThrow(
      `127.0.0.1:${port}/prefix does not accept metrics (push failed with status 400, bad metric)`,
    );
    await close(server);
  });

  it('holds up one push when it does not answer, not each', { timeout: 30_000 }, async () => {
    const server = createServer(() => {});
    const port = await listen(server);
    const silent = openPushgateway(`http://127.0.0.1:${port}`);
    const push = () => silent.replaceGroup(group, sampleOf('data_drift_share', 1));
    await expect(push()).rejects.toThrow('does not accept metrics (Pushgateway request timed out)');
    const startedAt = performance.now();
    await expect(push()).rejects.toMatchObject({
      code: 'PUSHGATEWAY_UNREACHABLE',
      message: expect.stringContaining('(it has not answered a moment ago)'),
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    server.closeAllConnections();
    await close(server);
  });

  it('is asked at its prefix, for the whole group', async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      request.resume();
      response.end();
    });
    const port = await listen(server);
    await openPushgateway(`http://127.0.0.1:${port}/prefix/`).replaceGroup(group, []);
    expect(requests).toEqual([
      'PUT /prefix/metrics/job/tidewatch/process/drift-detection/model/pushgateway-test',
    ]);
    await close(server);
  });
});
