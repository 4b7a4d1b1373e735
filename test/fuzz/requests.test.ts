/** Whatever is sent to the console and to the worker's endpoint, it is answered; nothing is done by it, and the next request is served. */

import { connect } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openCallbackTokens } from '../../activities/retraining/callback-tokens.ts';
import { findRetraining } from '../../activities/retraining/store.ts';
import { findReport, listReportGroups, listReports } from '../../activities/reports/store.ts';
import { routes } from '../../console/server/routes.ts';
import { TidewatchError } from '../../core/errors.ts';
import { parsePayloadKeys } from '../../schedules/payload-codec.ts';
import { openCodecEndpoint } from '../../worker/codec-endpoint.ts';
import { openHttpEndpoint, type HttpEndpoint } from '../../worker/http.ts';
import { byToken, openTestConsole, tokens } from '../console/console-world.ts';
import { checksums, type Checksum } from '../setup/checksums.ts';
import { activitiesOn } from '../setup/activities.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import { brokenText, runs, strange } from './broken.ts';

const world = useDatabase('shared by all tests');
const model = 'asked-for';
/** Without what says who acted, which is written for whatever was tried. */
async function results(): Promise<Record<string, Checksum>> {
  const { audit_events: _, ...others } = await checksums(world.database);
  return others;
}
let before: Record<string, Checksum>;
beforeAll(async () => {
  await watch(world.database, {
    model,
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-05' },
  });
  await load(world.database, model, { from: 1, to: 8 });
  const activities = activitiesOn(world.database);
  await activities.attachActuals({ model, asOf: at(8, 3) });
  await activities.profileHours({ model, asOf: at(8, 3) });
  await activities.detectDrift({ model, asOf: at(8, 3), act: true });
  before = await results();
});

const part = fc.oneof(
  fc.constantFrom(
    model,
    'drift',
    'performance',
    at(1),
    at(8),
    '..',
    '.',
    '%00',
    '%ff',
    '%2e%2e',
    '%',
    '\u202e',
    'a b',
    ';',
    '*',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(...strange).map(String),
);
const encoded = part.map((text) =>
  fc.stringify(text).length % 2 === 0 ? encodeURIComponent(text.toWellFormed()) : text,
);

describe('the console', () => {
  const known = [
    ...routes.pages.map(({ path }) => path),
    ...routes.documents,
    ...routes.drawings.flatMap(({ path }) => ['svg', 'png', 'csv'].map((form) => `${path}.${form}`)),
    ...routes.tables.map(({ path }) => `${path}.csv`),
  ];
  /** Paths of the console with anything in the place of names, and with any query. */
  const path = fc
    .tuple(
      fc.constantFrom(...known),
      fc.array(encoded, { minLength: 8, maxLength: 8 }),
      fc.array(fc.tuple(part, part), { maxLength: 3 }),
    )
    .map(([path, parts, query]) => {
      let next = 0;
      const filled = path.replaceAll(/:\w+/g, () =>
        (parts[(next += 1) % parts.length] ?? '').replaceAll(/[/?#\\\s\p{Cc}]/gu, '_'),
      );
      const asked = new URLSearchParams(
        query.map(([name, value]): [string, string] => [
          name.toWellFormed(),
          value.slice(0, 500).toWellFormed(),
        ]),
      );
      return `${filled}?${asked.toString()}`;
    });

  it('answers whatever is asked for', async () => {
    const shown = await openTestConsole(world.database);
    await fc.assert(
      fc.asyncProperty(path, async (path) => {
        const { status } = await shown.get(path);
        expect([200, 303, 400, 404], path).toContain(status);
      }),
      { numRuns: runs },
    );
    expect(shown.logged).toEqual([]);
    expect(await results()).toEqual(before);
  });

  it('takes no form that makes no sense, from whomever', async () => {
    const refuse = (): Promise<never> =>
      Promise.reject(new TidewatchError('UNKNOWN_RETRAINING', { model, retrainingId: 'none' }));
    const shown = await openTestConsole(world.database, {
      actions: { changeAlert: refuse, changeRetraining: refuse },
    });
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.constantFrom(...strange).map(String),
    );
    const fields = fc.dictionary(
      fc.oneof(fc.constantFrom('by', 'note', 'for', 'until', 'since', 'to', 'token', 'name'), text),
      text,
    );
    const actions = fc.constantFrom(
      ...routes.actions.map(({ path }) => path),
      '/login',
      '/logout',
      '/theme',
      '/nowhere',
    );
    await fc.assert(
      fc.asyncProperty(actions, encoded, fields, async (action, name, fields) => {
        const filled = action.replaceAll(/:\w+/g, () => encodeURIComponent(name.toWellFormed()));
        const { status } = await shown.post(
          filled,
          Object.fromEntries(
            Object.entries(fields).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]),
          ),
        );
        expect([200, 303, 400, 401, 403, 404, 413, 429], filled).toContain(status);
      }),
      { numRuns: runs },
    );
    expect(shown.logged).toEqual([]);
    expect(await results()).toEqual(before);
  });

  it('lets nobody in by a header or a cookie that was made up', async () => {
    const shown = await openTestConsole(world.database, { access: byToken, address: '192.0.2.7' });
    const value = fc
      .oneof(
        fc.string({ maxLength: 80 }),
        brokenText({ viewer: { name: 'eve', role: 'operator' }, until: 1e15 }),
      )
      .map((text) =>
        text
          .replaceAll(/[^\x20-\x7e]/g, '?')
          .slice(0, 3_000)
          .trim(),
      );
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom('Bearer ', 'Basic ', ''), async (value, scheme) => {
        const byHeader = await shown.get('/', { authorization: scheme + value });
        expect([303, 401, 429]).toContain(byHeader.status);
        const byCookie = await shown.get('/', {
          cookie: `tidewatch_session=${encodeURIComponent(value)}; ${value}`,
        });
        expect(byCookie.status).toBe(303);
      }),
      { numRuns: runs },
    );
    expect((await shown.get('/healthz')).status).toBe(200);
    const other = await openTestConsole(world.database, { access: byToken });
    expect((await other.get('/', { authorization: `Bearer ${tokens.viewer}` })).status).toBe(200);
  });
});

describe('the endpoint of the worker', () => {
  const callbackTokens = openCallbackTokens(['secret of the fuzz']);
  const training = { model, retrainingId: at(8, 3) };
  const token = callbackTokens.issue(training);
  const origin = 'https://temporal.example.org';
  let endpoint: HttpEndpoint;
  beforeAll(async () => {
    const { database } = world;
    endpoint = await openHttpEndpoint('127.0.0.1', 0, {
      workerState: () => 'RUNNING',
      checkDatabase: () => database.query('select 1'),
      sdkMetrics: async () => '',
      reports: {
        find: (key) => findReport(database, key),
        list: (list) => listReports(database, list),
        groups: () => listReportGroups(database),
      },
      codec: openCodecEndpoint(parsePayloadKeys(`a:${Buffer.alloc(32, 7).toString('base64')}`), origin),
      completions: {
        tokens: callbackTokens,
        find: ({ model, retrainingId }) => findRetraining(database, model, retrainingId),
        note: () => Promise.reject(new Error('nothing is under way')),
        tell: () => Promise.reject(new Error('nothing is under way')),
      },
    });
  });
  afterAll(() => endpoint.close());

  const ask = (path: string, init: RequestInit): Promise<number> =>
    fetch(endpoint.url + path, init).then(async (response) => {
      await response.arrayBuffer();
      return response.status;
    });

  it('answers whatever is asked for, and whatever trainers call with', async () => {
    const paths = fc
      .tuple(
        fc.constantFrom('/reports/', '/runbooks/', '/retrainings/', '/codec/', '/'),
        fc.array(encoded, { maxLength: 4 }),
      )
      .map(([first, parts]) => first + parts.join('/').replaceAll(/[\\?#\s\p{Cc}]/gu, '_'));
    const body = brokenText({ state: 'succeeded', version: '2', lineage: {} });
    await fc.assert(
      fc.asyncProperty(
        paths,
        body,
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
        async (path, body, method) => {
          const status = await ask(path, { method, ...(method !== 'GET' && { body }) });
          // 431: a path is longer than Node.js reads.
          expect([200, 401, 403, 404, 405, 431], path).toContain(status);
          const at = `/retrainings/${encodeURIComponent(training.model)}/${encodeURIComponent(training.retrainingId)}/completion`;
          expect([400, 404, 413]).toContain(
            await ask(at, { method: 'POST', body, headers: { authorization: `Bearer ${token}` } }),
          );
          expect(
            await ask(at, { method: 'POST', body, headers: { authorization: `Bearer ${token}x` } }),
          ).toBe(401);
        },
      ),
      { numRuns: runs },
    );
    expect(await results()).toEqual(before);
  });

  it('decodes no payload that is none', async () => {
    const right = {
      payloads: [
        { metadata: { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==', 'encryption-key-id': 'YQ==' }, data: 'AAAA' },
      ],
    };
    await fc.assert(
      fc.asyncProperty(brokenText(right), fc.constantFrom('decode', 'encode'), async (body, call) => {
        const headers = { origin, 'content-type': 'application/json' };
        expect([200, 400]).toContain(await ask(`/codec/${call}`, { method: 'POST', body, headers }));
      }),
      { numRuns: runs },
    );
  });

  it('lives after bytes that are no HTTP', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ maxLength: 200 }).map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`)),
      fc
        .constantFrom(
          'GET // HTTP/1.1\r\n\r\n',
          'POST /codec/decode HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
          `GET / HTTP/1.1\r\na: ${'b'.repeat(20_000)}\r\n\r\n`,
        )
        .map((line) => Buffer.from(line)),
    );
    const { hostname, port } = new URL(endpoint.url);
    await fc.assert(
      fc.asyncProperty(bytes, async (bytes) => {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        socket.end(bytes);
        await Promise.race([text(socket).catch(() => ''), once(socket, 'close')]);
        socket.destroy();
      }),
      { numRuns: runs },
    );
    expect(await ask('/healthz', {})).toBe(200);
  });
});
