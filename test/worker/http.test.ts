import { afterEach, describe, expect, it } from 'vitest';

import type { EndpointState, HttpEndpoint } from '../../worker/http.ts';
import { openHttpEndpoint } from '../../worker/http.ts';

let endpoint: HttpEndpoint | undefined;
afterEach(async () => {
  await endpoint?.close();
  endpoint = undefined;
});

const week = { start: Date.UTC(2011, 4, 13), end: Date.UTC(2011, 4, 20) };
const running: EndpointState = {
  workerState: () => 'RUNNING',
  checkDatabase: async () => [],
  sdkMetrics: async () => 'temporal_num_pollers 1',
  findReport: async ({ model, window }) =>
    model === 'bike-demand' && window.end === week.end ? '<h1>Drift</h1>' : undefined,
  listReports: async () => [{ kind: 'drift', model: 'bike-demand', window: week }],
};

async function ask(path: string, state: Partial<EndpointState> = {}) {
  endpoint = await openHttpEndpoint('127.0.0.1', 0, { ...running, ...state });
  const response = await fetch(endpoint.url + path);
  return { status: response.status, body: await response.text() };
}

it('is ready when the worker runs and Postgres answers', async () => {
  expect(await ask('/readyz')).toEqual({
    status: 200,
    body: '{"ready":true,"worker":"RUNNING","database":"ok"}',
  });
});

it.each(['STARTING', 'INITIALIZED', 'STOPPING', 'DRAINING', 'STOPPED', 'FAILED'])(
  'is alive but not ready while the worker is %s',
  async (state) => {
    expect(await ask('/readyz', { workerState: () => state })).toEqual({
      status: 503,
      body: `{"ready":false,"worker":"${state}","database":"ok"}`,
    });
    await endpoint?.close();
    expect(await ask('/healthz', { workerState: () => state })).toMatchObject({ status: 200 });
  },
);

it('is not ready while Postgres does not answer, and says why', async () => {
  const checkDatabase = () => Promise.reject(new Error('connect ECONNREFUSED'));
  expect(await ask('/readyz', { checkDatabase })).toEqual({
    status: 503,
    body: '{"ready":false,"worker":"RUNNING","database":"connect ECONNREFUSED"}',
  });
});

it('shows the metrics of the process, then those of the SDK', async () => {
  const { body } = await ask('/metrics');
  expect(body.indexOf('process_cpu_seconds_total')).toBeGreaterThan(-1);
  expect(body.indexOf('temporal_num_pollers 1')).toBeGreaterThan(body.indexOf('process_cpu_seconds_total'));
});

it('fails a scrape that it cannot answer, and lives on', async () => {
  expect(await ask('/metrics', { sdkMetrics: () => Promise.reject(new Error('gone')) })).toMatchObject({
    status: 500,
    body: 'Error: gone\n',
  });
  expect((await fetch(`${endpoint!.url}/healthz`)).status).toBe(200);
});

it.each(['/', '//', '/metrics/', '/constructor', '/?x=/healthz'])('has no page %s', async (path) => {
  expect((await ask(path)).status).toBe(404);
});

it('takes a query', async () => {
  expect((await ask('/healthz?verbose=1')).status).toBe(200);
});

it('says which port it cannot have', async () => {
  endpoint = await openHttpEndpoint('127.0.0.1', 0, running);
  const port = Number(new URL(endpoint.url).port);
  await expect(openHttpEndpoint('127.0.0.1', port, running)).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining(`127.0.0.1:${port}`),
  });
});

describe('reports', () => {
  const path = '/reports/drift/bike-demand/2011-05-13T00:00:00Z/2011-05-20T00:00:00Z';

  it('are listed, each with its page', async () => {
    const { status, body } = await ask('/reports');
    expect(status).toBe(200);
    expect(body).toContain(`href="${path}"`);
  });

  it('are shown as they are stored', async () => {
    expect(await ask(path)).toEqual({ status: 200, body: '<h1>Drift</h1>' });
    expect((await fetch(endpoint!.url + path)).headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it.each([
    path.replace('bike-demand', 'no-model'),
    path.replace('2011-05-13T00', '2011-05-13T25'),
    '/reports/drift/%E0%A4%A/2011-05-13T00:00:00Z/2011-05-20T00:00:00Z',
    '/reports/drift/',
  ])('are not there at %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });
});
