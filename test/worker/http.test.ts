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
  reports: {
    find: async ({ model, window }) =>
      model === 'bike-demand' && window.end === week.end ? '<h1>Drift</h1>' : undefined,
    list: async ({ model = 'bike-demand' }) =>
      model === 'bike-demand'
        ? [{ kind: 'drift', model, window: week, verdict: { level: 'warning', reason: '<b> drifted' } }]
        : [],
    groups: async () => [
      { kind: 'drift', model: 'bike-demand', count: 112 },
      { kind: 'performance', model: 'bike-demand', count: 16 },
      { kind: 'performance', model: 'a/b', count: 1 },
    ],
  },
  completions: {
    tokens: undefined,
    find: async () => undefined,
    note: async () => true,
    tell: async () => 'gone',
  },
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

it('has the runbooks as pages, and nothing beside them', async () => {
  for (const path of ['/runbooks/DeadMan.md', '/runbooks/DeadMan']) {
    expect(await ask(path), path).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^<!doctype html>[^]*<h1>DeadMan<\/h1>/),
    });
    await endpoint?.close();
  }
  expect(await ask('/runbooks')).toMatchObject({
    status: 200,
    body: expect.stringContaining('<a href="/runbooks/ModelDegradation.md">ModelDegradation</a>'),
  });
  for (const path of ['/runbooks/Nothing.md', '/runbooks/..%2Fwebhook.md', '/runbooks/../webhook.md']) {
    await endpoint?.close();
    expect((await ask(path)).status, path).toBe(404);
  }
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

  it.each(['/reports', '/reports/drift', '/reports/drift/bike-demand'])(
    'are listed at %s, each with its page',
    async (list) => {
      const { status, body } = await ask(list);
      expect(status).toBe(200);
      const link = body.slice(body.indexOf(`<a href="${path}">`)).replace(/<\/a>[\s\S]*/, '');
      expect(link.replaceAll(/<[^>]*>/g, '')).toBe('2011-05-13 to 2011-05-20');
      expect(body).toContain('<a href="/reports/drift/bike-demand">bike-demand</a>');
      expect(body).toContain('&lt;b&gt; drifted');
    },
  );

  it('are found from any list by kind and model', async () => {
    const { body } = await ask('/reports');
    const links = [...body.matchAll(/<a href="([^"]*)">[^<]*<\/a>\s\((\d+)\)/g)];
    expect(links.map(([, path, count]) => [path, count])).toEqual([
      ['/reports/drift/bike-demand', '112'],
      ['/reports/performance/bike-demand', '16'],
      ['/reports/performance/a%2Fb', '1'],
    ]);
    expect(body).toContain('<a href="/reports/performance">Performance</a>');
  });

  it.each([
    ['/reports', 'Reports'],
    ['/reports/performance', 'Performance reports'],
    ['/reports/drift/bike-demand', 'Drift reports of bike-demand'],
  ])('are listed at %s as %s', async (path, title) => {
    expect((await ask(path)).body).toContain(`<h1>${title}</h1>`);
  });

  it('are shown as they are stored, and can do nothing but be shown', async () => {
    expect(await ask(path)).toEqual({ status: 200, body: '<h1>Drift</h1>' });
    const { headers } = await fetch(endpoint!.url + path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'private, no-cache',
    });
  });

  it('are not sent again to whoever has them, until they change', async () => {
    await ask(path);
    const etag = (await fetch(endpoint!.url + path)).headers.get('etag')!;
    const again = await fetch(endpoint!.url + path, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await fetch(`${endpoint!.url}/reports`, { headers: { 'if-none-match': etag } });
    expect(other.status).toBe(200);
  });

  it('have a head', async () => {
    await ask(path);
    const head = await fetch(endpoint!.url + path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('are only read', async () => {
    await ask(path);
    const posted = await fetch(endpoint!.url + path, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    [
      path.replace('bike-demand', 'no-model'),
      /^no-model has no drift report of .*; see \/reports\/drift\/no-model/,
    ],
    ['/reports/drift/no-model', /^no-model has no drift report; see \/reports\n$/],
    [path.replace('2011-05-13T00', '2011-05-13T25'), /^a report is at /],
    ['/reports/drift/%E0%A4%A/2011-05-13T00:00:00Z/2011-05-20T00:00:00Z', /^a report is at /],
    ['/reports/drift/', /^a report is at \/reports\/<drift or performance>\/<model>\/<start>\/<end>;/],
    ['/reports/weather', /^a report is at /],
    ['/reportsx', /^a report is at /],
  ])('are not there at %s, which says where to look', async (path, words) => {
    expect(await ask(path)).toEqual({ status: 404, body: expect.stringMatching(words) });
    const { headers } = await fetch(endpoint!.url + path);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });
});
