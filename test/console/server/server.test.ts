import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Routes } from '../../../console/server/routes.ts';
import { html } from '../../../console/html.ts';
import { page } from '../../../console/server/page.ts';
import { TidewatchError } from '../../../core/errors.ts';
import { openDatabase } from '../../../sql/database.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { byToken, cookiesOf, now, openTestConsole, textOf, tokens } from '../console-world.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

/** A page and an action as those of the console are, and one of each kind of failure. */
const madeRoutes: Routes = {
  pages: [
    page({
      path: '/things/:thing',
      section: 'models',
      load: async ({ parameters }) => (parameters['thing'] === 'gone' ? undefined : parameters['thing']),
      draw: (thing) => ({ title: thing, main: html`<h1>${thing}</h1>` }),
    }),
    page({
      path: '/slow',
      section: 'models',
      load: ({ connection }) =>
        connection
          .query(`set local statement_timeout = '20ms'`)
          .then(() => connection.query('select pg_sleep(5)')),
      draw: () => ({ title: 'slow', main: html`` }),
    }),
    page({
      path: '/writes',
      section: 'models',
      load: ({ connection }) =>
        connection.query(
          `insert into monitors (model, configuration, configuration_hash) values ('x', '{}', '')`,
        ),
      draw: () => ({ title: 'writes', main: html`` }),
    }),
  ],
  documents: [],
  drawings: [],
  tables: [],
  actions: [
    {
      path: '/things/:thing/paint',
      action: 'thing.paint',
      subject: ({ parameters }) => ({ model: 'house', subject: parameters['thing']! }),
      act: async ({ form, parameters }) => {
        if (form['color'] === 'pink')
          throw new TidewatchError('UPDATE_REFUSED', { reason: 'pink is used up' });
        if (form['color'] === 'broken') throw new Error('the brush broke');
        return `${parameters['thing']} is ${form['color']} now.`;
      },
      back: ({ parameters }) => `/things/${encodeURIComponent(parameters['thing']!)}`,
    },
  ],
};

describe('every answer', () => {
  it('lets a browser load and run nothing but what the console serves', async () => {
    const console = await openTestConsole(test.database);
    for (const path of ['/', '/nowhere', '/healthz', '/login']) {
      const policy = (await console.get(path)).headers.get('content-security-policy')!;
      expect(policy).toMatch(/^default-src 'none'/);
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(policy).toContain("frame-ancestors 'none'");
    }
  });

  it('has neither an inline script nor an inline style', async () => {
    const console = await openTestConsole(test.database);
    for (const path of ['/', '/health', '/nowhere'])
      expect(await (await console.get(path)).text()).not.toMatch(/<style| style=|<script>| on\w+="/);
  });

  it('says how long the server took', async () => {
    const console = await openTestConsole(test.database);
    expect((await console.get('/')).headers.get('server-timing')).toMatch(/total;dur=[\d.]+/);
  });

  it('is not sent again to a browser that has it', async () => {
    const console = await openTestConsole(test.database);
    const etag = (await console.get('/health')).headers.get('etag')!;
    expect((await console.get('/health', { 'if-none-match': etag })).status).toBe(304);
  });

  it('names a style sheet, a script and an icon that are there, under addresses that change with them', async () => {
    const console = await openTestConsole(test.database);
    const body = await (await console.get('/')).text();
    const addresses = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, address]) => address!);
    expect(addresses).toHaveLength(3);
    for (const address of addresses) {
      const answer = await console.get(address);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
    }
  });
});

describe('what is not there', () => {
  it.each(['/nowhere', '/things/gone', '/models/%00', '/models/%E0%A4%A', '/%'])(
    'is a page that says so: %s',
    async (path) => {
      const console = await openTestConsole(test.database, { routes: madeRoutes });
      const answer = await console.get(path);
      expect(answer.status).toBe(404);
      expect(textOf(await answer.text())).toContain('There is no such page');
      expect(console.logged).toEqual([]);
    },
  );
});

describe('a name in a path', () => {
  it.each([
    '<script>alert(1)</script>',
    `'; drop table alerts; --`,
    'a/b?c#d',
    '\u202Egnp.exe',
    '🦊',
    '\u001B[31mred',
    '%41',
  ])('is shown as it is: %j', async (name) => {
    const console = await openTestConsole(test.database, { routes: madeRoutes });
    const body = await (await console.get(`/things/${encodeURIComponent(name)}`)).text();
    expect(body).toContain(
      `<h1>${name.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&#39;')}</h1>`,
    );
  });
});

describe('a page that cannot be made', () => {
  it('says `tidewatch migrate` where the database is older than the console', async () => {
    const old = await createTestDatabase();
    await old.database.execute('delete from schema_migrations where id > 13');
    const console = await openTestConsole(old.database);
    const answer = await console.get('/');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('Run <code>tidewatch migrate</code>.');
    expect(await (await console.get('/readyz')).json()).toMatchObject({ ready: false });
    await old.drop();
  });

  it('says the same where there is no schema at all, and sees it once it is there', async () => {
    const empty = await createTestDatabase('empty');
    let time = now;
    const console = await openTestConsole(empty.database, { now: () => time });
    expect((await console.get('/')).status).toBe(503);
    const { migrate } = await import('../../../sql/migrator.ts');
    await migrate(empty.database);
    expect((await console.get('/')).status).toBe(200);
    // Ten seconds later it looks again.
    await empty.database.execute('delete from schema_migrations where id = 15');
    expect((await console.get('/')).status).toBe(200);
    time += 11_000;
    expect((await console.get('/')).status).toBe(503);
    await empty.drop();
  });

  it('says where Postgres does not answer', async () => {
    const away = openDatabase({ url: 'postgres://tidewatch@127.0.0.1:1/tidewatch' });
    const console = await openTestConsole(away);
    const answer = await console.get('/');
    expect([answer.status, console.logged]).toEqual([503, []]);
    expect(textOf(await answer.text())).toContain('Postgres at 127.0.0.1:1/tidewatch does not answer');
    expect((await console.get('/healthz')).status).toBe(200);
    await away.close();
  });

  it('gives up a question that takes the database too long', async () => {
    const console = await openTestConsole(test.database, { routes: madeRoutes });
    const answer = await console.get('/slow');
    expect([answer.status, console.logged]).toEqual([503, []]);
    expect(textOf(await answer.text())).toContain('The database took too long');
  });

  it('cannot write, tells nobody why it failed, and logs it', async () => {
    const console = await openTestConsole(test.database, { routes: madeRoutes });
    const answer = await console.get('/writes');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('read-only');
    expect(String(console.logged[0])).toContain('read-only transaction');
  });
});

describe('a console that everybody may use', () => {
  it('answers to names of this machine only, so that no other page can pass for it', async () => {
    for (const origin of ['http://127.0.0.1:9465', 'http://localhost:9465', 'http://[::1]:9465']) {
      const console = await openTestConsole(test.database, { origin });
      expect((await console.get('/')).status).toBe(200);
    }
    const rebound = await openTestConsole(test.database, { origin: 'http://evil.example:9465' });
    expect((await rebound.get('/')).status).toBe(421);
    const published = await openTestConsole(test.database, {
      origin: 'http://console.example.org',
      publicUrl: 'http://console.example.org',
    });
    expect((await published.get('/')).status).toBe(200);
  });
});

describe('a form', () => {
  it('from another site does nothing', async () => {
    const console = await openTestConsole(test.database, { routes: madeRoutes });
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await console.post('/things/door/paint', { color: 'red' }, headers);
      expect(answer.status).toBe(403);
      expect(textOf(await answer.text())).toContain('not sent from a page of this console');
    }
    expect(await test.database.query(`select 1 from audit_events where subject = 'door'`)).toEqual([]);
  });

  it('from the console as people reach it, in front of which TLS ends, is taken', async () => {
    const console = await openTestConsole(test.database, {
      routes: madeRoutes,
      publicUrl: 'https://console.example.org',
    });
    const answer = await console.post('/theme', { theme: 'dark' }, { origin: 'https://console.example.org' });
    expect(answer.status).toBe(303);
  });

  it('that is larger than any of the console is not read', async () => {
    const console = await openTestConsole(test.database);
    expect((await console.post('/theme', { back: 'x'.repeat(100_000) })).status).toBe(413);
  });
});

describe('the theme', () => {
  it('is that of the system until somebody chooses one, and is kept', async () => {
    const console = await openTestConsole(test.database);
    expect(await (await console.get('/')).text()).not.toContain('data-theme');
    const answer = await console.post('/theme', { theme: 'dark', back: '/health?x=1' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/health?x=1']);
    expect(await (await console.get('/', { cookie: cookiesOf(answer) })).text()).toContain(
      'data-theme="dark"',
    );
  });

  it('leads nowhere else', async () => {
    const console = await openTestConsole(test.database);
    for (const back of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])
      expect((await console.post('/theme', { theme: 'dark', back })).headers.get('location')).toBe('/');
  });
});

describe('an action', () => {
  const audit = (subject: string) =>
    test.database.query(
      'select actor, role, action, model, details, outcome, said from audit_events where subject = $1',
      [subject],
    );

  it('is done for an operator, is told on the page it was on, once, and has an audit row', async () => {
    const console = await openTestConsole(test.database, { routes: madeRoutes });
    const answer = await console.post('/things/a%2Fb/paint', { color: 'red' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/things/a%2Fb']);
    const next = await console.get('/things/a%2Fb', { cookie: cookiesOf(answer) });
    expect(textOf(await next.text())).toContain('a/b is red now.');
    expect(next.headers.getSetCookie()[0]).toMatch(/^tidewatch_notice=; Max-Age=0/);
    expect(await audit('a/b')).toEqual([
      {
        actor: 'ann',
        role: 'operator',
        action: 'thing.paint',
        model: 'house',
        details: { color: 'red' },
        outcome: 'done',
        said: 'a/b is red now.',
      },
    ]);
  });

  it('that is refused, or fails, has one as well', async () => {
    const console = await openTestConsole(test.database, { routes: madeRoutes });
    const refused = await console.post('/things/wall/paint', { color: 'pink' });
    expect(
      textOf(await (await console.get('/things/wall', { cookie: cookiesOf(refused) })).text()),
    ).toContain('pink is used up');
    await console.post('/things/wall/paint', { color: 'broken' });
    expect(await audit('wall')).toMatchObject([
      { outcome: 'refused', said: 'pink is used up' },
      { outcome: 'failed', said: 'the brush broke' },
    ]);
    expect(console.logged).toHaveLength(1);
  });

  it('is not for viewers', async () => {
    const console = await openTestConsole(test.database, { routes: madeRoutes, access: byToken });
    const cookie = cookiesOf(await console.post('/login', { name: 'bob', token: tokens.viewer }));
    const answer = await console.post('/things/roof/paint', { color: 'red' }, { cookie });
    expect(answer.status).toBe(403);
    expect(textOf(await answer.text())).toContain('bob may look, but not act');
    expect(await audit('roof')).toEqual([]);
  });
});
