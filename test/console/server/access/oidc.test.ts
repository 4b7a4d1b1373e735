/** Signing in at a real OpenID provider. */

import { createServer } from 'node:http';

import getPort from 'get-port';
import type { Configuration } from 'oidc-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openProvider } from '../../../../console/server/access/oidc.ts';
import type { OidcSettings } from '../../../../console/server/access/oidc-settings.ts';
import { minuteMs } from '../../../../core/window.ts';
import { emptyTables } from '../../../setup/database-snapshot.ts';
import { client, goThrough, startOidcProvider, type OidcProvider } from '../../../setup/oidc-provider.ts';
import { createTestDatabase, type TestDatabase } from '../../../setup/servers.ts';
import {
  byToken,
  cookiesOf,
  now,
  openTestConsole,
  textOf,
  tokens,
  type TestConsole,
  type TestConsoleOptions,
} from '../../console-world.ts';

const consoleUrl = 'http://127.0.0.1:9465';

const people = {
  olga: { groups: ['staff', 'ml-operators'], preferred_username: 'olga@example.org' },
  vic: { groups: ['ml-viewers'], name: 'Vic', email: 'vic@example.org', email_verified: true },
  ned: { groups: ['staff'], name: 'Ned' },
  nobody: { name: '<script>alert(1)</script>\u202Egnp' },
};

let test: TestDatabase;
let provider: OidcProvider;
beforeAll(async () => {
  test = await createTestDatabase();
  provider = await startOidcProvider(consoleUrl, people);
});
afterAll(async () => {
  await provider.close();
  await test.drop();
});
beforeEach(() => emptyTables(test.database));

const settings = (overrides: Partial<OidcSettings> = {}): OidcSettings => ({
  issuer: provider.issuer,
  ...client,
  scope: 'openid profile',
  roleClaim: 'groups',
  viewers: ['ml-viewers'],
  operators: ['ml-operators'],
  ...overrides,
});

const open = (oidc: Partial<OidcSettings> = {}, options: TestConsoleOptions = {}): Promise<TestConsole> =>
  openTestConsole(test.database, {
    publicUrl: consoleUrl,
    access: { ...byToken, tokens: {}, oidc: settings(oidc) },
    ...options,
  });

const pathOf = (url: string): string => url.slice(consoleUrl.length);

interface Way {
  readonly login: string;
  readonly to: string;
  readonly answer: 'sign-in' | 'abort';
}

/** Until the provider has sent somebody back: where to, and what their browser keeps. */
async function comeBack(
  console: TestConsole,
  { login = 'olga', to = '/health?x=1', answer = 'sign-in' }: Partial<Way> = {},
) {
  const begun = await console.get(`/login/oidc?${new URLSearchParams({ to }).toString()}`);
  expect(begun.status).toBe(303);
  const back = await goThrough(begun.headers.get('location')!, consoleUrl, login, answer);
  return { path: pathOf(back), cookie: cookiesOf(begun) };
}

async function signIn(console: TestConsole, login: string, to?: string): Promise<Response> {
  const { path, cookie } = await comeBack(console, { login, ...(to !== undefined && { to }) });
  return console.get(path, { cookie });
}

const audited = () =>
  test.database.query(
    'select actor, role, identity, address, action, subject, outcome from audit_events order by audit_id',
  );
const saidLast = async () =>
  (
    await test.database.query<{ said: string }>(
      'select said from audit_events order by audit_id desc limit 1',
    )
  )[0]?.said;

/** What the sign-in page says, with nobody signed in. */
async function refusalOf(answer: Response, status = 403): Promise<string> {
  expect(answer.status).toBe(status);
  expect(cookiesOf(answer)).not.toMatch(/tidewatch_session=[^;]/);
  return textOf(await answer.text());
}

describe('somebody who signs in at the provider', () => {
  it('is asked for there with a code, PKCE, state and nonce, which no one can guess', async () => {
    const console = await open();
    const asked = async () =>
      new URL((await console.get('/login/oidc')).headers.get('location')!).searchParams;
    const [first, second] = [await asked(), await asked()];
    expect(Object.fromEntries(first)).toEqual({
      client_id: 'tidewatch',
      response_type: 'code',
      redirect_uri: `${consoleUrl}/login/oidc/callback`,
      scope: 'openid profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    for (const name of ['code_challenge', 'state', 'nonce'])
      expect(first.get(name)).not.toBe(second.get(name));
  });

  it.each([
    ['olga', 'operator', 'olga@example.org'],
    ['vic', 'viewer', 'vic@example.org'],
  ])('comes back to the page they wanted, as what their group is: %s, %s', async (login, role, name) => {
    const console = await open();
    const answer = await signIn(console, login);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/health?x=1']);
    const page = await (await console.get('/health', { cookie: cookiesOf(answer) })).text();
    expect(page).toContain(`<bdi>${name}</bdi><span class="hidden">, ${role}</span>`);
    expect(await audited()).toEqual([
      {
        actor: name,
        role,
        identity: login,
        address: '127.0.0.1',
        action: 'sign-in',
        subject: new URL(provider.issuer).host,
        outcome: 'done',
      },
    ]);
  });

  it('is read from the ID token where that says it all', async () => {
    const full = await startOidcProvider(consoleUrl, people, {
      conformIdTokenClaims: false,
      features: { userinfo: { enabled: false } },
    });
    const answer = await signIn(await open({ issuer: full.issuer }), 'olga');
    expect(answer.status).toBe(303);
    await full.close();
  });

  it('may be anybody, where `*` may look', async () => {
    const answer = await signIn(await open({ viewers: ['*'] }), 'ned');
    expect(answer.status).toBe(303);
    expect(await audited()).toMatchObject([{ actor: 'Ned', role: 'viewer' }]);
  });

  it('is let in as one of a team, unless another group lets them see more', async () => {
    expect((await signIn(await open({ viewers: [], teams: { staff: 'fraud' } }), 'ned')).status).toBe(303);
    expect((await signIn(await open({ viewers: [], teams: { staff: 'fraud' } }), 'olga')).status).toBe(303);
    expect(await audited()).toMatchObject([
      { actor: 'Ned', role: 'viewer' },
      { actor: 'olga@example.org', role: 'operator' },
    ]);
  });

  it('is taken by a verified e-mail address, and by no other', async () => {
    const byEmail = { roleClaim: 'email', operators: ['vic@example.org', 'sly@example.org'] };
    expect((await signIn(await open(byEmail), 'vic')).status).toBe(303);
    const sly = await startOidcProvider(consoleUrl, { sly: { email: 'sly@example.org' } });
    const answer = await signIn(await open({ ...byEmail, issuer: sly.issuer }), 'sly');
    expect(await refusalOf(answer)).toContain('says nothing of &quot;email&quot;');
    await sly.close();
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'is sent nowhere else: %s',
    async (to) => {
      expect((await signIn(await open(), 'olga', to)).headers.get('location')).toBe('/');
    },
  );

  it('has cookies that only a browser at this host by https has', async () => {
    const https = 'https://console.example.org';
    const console = await open({}, { publicUrl: https, origin: https });
    const [cookie] = (await console.get('/login/oidc')).headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-tidewatch_sign_in=.*; Path=\/; HttpOnly; Secure; SameSite=Lax/);
  });

  it('may come by token as well, where that is on', async () => {
    const console = await open({}, { access: { ...byToken, oidc: settings() } });
    const page = textOf(await (await console.get('/login')).text());
    expect(page).toMatch(/Sign in with 127\.0\.0\.1:\d+ With a token Your name/);
    expect((await console.post('/login', { name: 'bob', token: tokens.viewer })).status).toBe(303);
    expect((await signIn(console, 'olga')).status).toBe(303);
  });

  it('sees no field for a token, where there is none', async () => {
    const console = await open();
    expect(await (await console.get('/login')).text()).not.toContain('name="token"');
    expect((await console.post('/login', { token: '' })).status).toBe(403);
  });
});

describe('a session of the provider', () => {
  it('ends, and goes on after signing in again', async () => {
    let time = now;
    const console = await open({}, { now: () => time });
    const cookie = cookiesOf(await signIn(console, 'olga'));
    time += byToken.sessionMs;
    expect((await console.get('/', { cookie })).headers.get('location')).toBe('/login?to=%2F&why=ended');
  });

  it('is signed out of here, and then there where somebody wants that', async () => {
    const console = await open();
    const cookie = cookiesOf(await signIn(console, 'olga'));
    const out = await console.post('/logout', {}, { cookie });
    expect(out.headers.get('location')).toBe('/login?why=out');
    const without = cookie.replace(/tidewatch_session=[^;]*;? ?/, '');
    const page = await (await console.get('/login?why=out', { cookie: without })).text();
    expect(textOf(page)).toMatch(
      /You have signed out.*You are still signed in at 127\.0\.0\.1:\d+ : sign out there/,
    );
    const there = new URL(
      (await console.get('/login/oidc/out', { cookie: without })).headers.get('location')!,
    );
    expect(there.origin).toBe(provider.issuer);
    expect(Object.fromEntries(there.searchParams)).toEqual({
      client_id: 'tidewatch',
      id_token_hint: expect.stringMatching(/^ey/),
      post_logout_redirect_uri: `${consoleUrl}/login`,
    });
    expect((await fetch(there)).status).toBe(200);
    expect(await audited()).toMatchObject([
      { action: 'sign-in' },
      { action: 'sign-out', actor: 'olga@example.org' },
    ]);
  });

  it('is not ended there by a link of anybody, while it goes on here', async () => {
    const console = await open();
    const cookie = cookiesOf(await signIn(console, 'olga'));
    expect((await console.get('/login/oidc/out', { cookie })).headers.get('location')).toBe('/');
  });

  it('is signed out of here alone, where the provider has no page for that', async () => {
    const bare = await startOidcProvider(consoleUrl, people, {
      features: { rpInitiatedLogout: { enabled: false } },
    });
    const console = await open({ issuer: bare.issuer });
    const cookie = cookiesOf(await signIn(console, 'olga'));
    const out = await console.post('/logout', {}, { cookie });
    expect(out.headers.getSetCookie().join()).toContain('tidewatch_id_token=; Max-Age=0');
    expect((await console.get('/login/oidc/out')).headers.get('location')).toBe('/login?why=out');
    await bare.close();
  });
});

describe('nobody is signed in', () => {
  it('who is in none of the groups, who may try as somebody else', async () => {
    const console = await open();
    const answer = await signIn(console, 'ned');
    const page = await answer.clone().text();
    expect(await refusalOf(answer)).toMatch(
      /You are signed in as Ned, who may not look at this console: nothing in &quot;groups&quot; lets you in.*as somebody else/,
    );
    const [, again] = /href="(\/login\/oidc[^"]*)"/.exec(page)!;
    const asked = new URL((await console.get(again!.replaceAll('&amp;', '&'))).headers.get('location')!);
    expect(asked.searchParams.get('prompt')).toBe('login');
    expect(await audited()).toMatchObject([
      { actor: 'Ned', role: null, identity: 'ned', outcome: 'refused' },
    ]);
    expect(console.logged).toEqual([]);
  });

  it('of whom the provider says no group, whatever they are called', async () => {
    const answer = await signIn(await open(), 'nobody');
    const page = await answer.clone().text();
    expect(await refusalOf(answer)).toContain('says nothing of &quot;groups&quot;');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;gnp');
    expect(page).not.toContain('<script>alert');
  });

  it('who does not want to', async () => {
    const console = await open();
    const { path, cookie } = await comeBack(console, { answer: 'abort' });
    expect(await refusalOf(await console.get(path, { cookie }))).toContain(
      'did not sign you in: access_denied, End-User aborted interaction.',
    );
  });

  it('who comes back after ten minutes', async () => {
    let time = now;
    const console = await open({}, { now: () => time });
    const { path, cookie } = await comeBack(console);
    time += 10 * minuteMs;
    expect(await refusalOf(await console.get(path, { cookie }))).toContain(
      'The sign-in took longer than 10 minutes. Sign in again.',
    );
  });

  it('who comes back with a code that was used', async () => {
    const console = await open();
    const { path, cookie } = await comeBack(console);
    expect((await console.get(path, { cookie })).status).toBe(303);
    expect(await refusalOf(await console.get(path, { cookie }))).toContain('This sign-in was already used');
    // A browser has no cookie of it any more.
    expect(await refusalOf(await console.get(path))).toContain('This browser did not begin this sign-in');
  });

  it('who comes back to a sign-in of another browser', async () => {
    const console = await open();
    const [theirs, own] = [await comeBack(console), await comeBack(console)];
    const answer = await console.get(theirs.path, { cookie: own.cookie });
    expect(await refusalOf(answer)).toContain('unexpected &quot;state&quot; response parameter value');
  });

  it('who has changed what their browser keeps', async () => {
    const console = await open();
    const { path, cookie } = await comeBack(console);
    const changed = cookie.replace(/=./, '=A');
    expect(await refusalOf(await console.get(path, { cookie: changed }))).toContain(
      'This browser did not begin this sign-in',
    );
  });

  it('who comes from another issuer than the one they went to', async () => {
    const console = await open();
    const { path, cookie } = await comeBack(console);
    const mixedUp = path.replace(/iss=[^&]*/, `iss=${encodeURIComponent('https://evil.example')}`);
    expect(mixedUp).not.toBe(path);
    expect(await refusalOf(await console.get(mixedUp, { cookie }))).toContain(
      'unexpected &quot;iss&quot; (issuer) response parameter value',
    );
  });

  it.each([
    ['nonce', 'unexpected ID Token "nonce" claim value'],
    ['verifier', 'already used'],
  ] as const)('whose %s is not the one that was sent', async (part, said) => {
    const opened = openProvider(settings(), consoleUrl);
    const { url, begun } = await opened.begin();
    const back = new URL(await goThrough(url, consoleUrl, 'olga'));
    const other = { ...begun, [part]: (await openProvider(settings(), consoleUrl).begin()).begun[part] };
    await expect(opened.finish(back.search, other)).rejects.toThrow(said);
  });
});

describe('a provider that', () => {
  it('is away is named, and asked again the next time', async () => {
    const port = await getPort({ host: '127.0.0.1' });
    const console = await open({ issuer: `http://127.0.0.1:${port}` });
    const answer = await console.get('/login/oidc');
    expect(await refusalOf(answer, 503)).toMatch(
      /http:\/\/127\.0\.0\.1:\d+ does not answer as an OpenID provider \(connect ECONNREFUSED/,
    );
    expect(await audited()).toMatchObject([{ actor: 'somebody', outcome: 'failed' }]);
    expect(console.logged).toHaveLength(1);
  });

  it('goes away meanwhile is named', async () => {
    const short = await startOidcProvider(consoleUrl, people);
    const console = await open({ issuer: short.issuer });
    const { path, cookie } = await comeBack(console);
    await short.close();
    expect(await refusalOf(await console.get(path, { cookie }), 503)).toContain('does not answer');
  });

  it('calls itself something else is not trusted', async () => {
    const console = await open({ issuer: provider.issuer.replace('127.0.0.1', 'localhost') });
    expect(await refusalOf(await console.get('/login/oidc'), 503)).toContain(
      `calls itself ${provider.issuer}. Whoever runs the console must set TIDEWATCH_OIDC_ISSUER to exactly that`,
    );
  });

  it.each([
    [404, 'text/plain', 'no'],
    [200, 'text/html', '<p>a page</p>'],
    [200, 'application/json', '{'],
  ])('is none is said to be none: %s %s', async (status, type, body) => {
    const server = createServer((_, response) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
    const port = await getPort({ host: '127.0.0.1' });
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
    const console = await open({ issuer: `http://127.0.0.1:${port}` });
    expect(await refusalOf(await console.get('/login/oidc'), 503)).toContain(
      'does not answer as an OpenID provider',
    );
    server.close();
  });

  it('knows another secret is told of as a mistake of the configuration', async () => {
    const console = await open({ clientSecret: 'another' });
    expect(await refusalOf(await signIn(console, 'olga'), 503)).toContain(
      'must check TIDEWATCH_OIDC_CLIENT_ID',
    );
    expect(await saidLast()).not.toContain('another');
  });

  it.each<[string, Configuration]>([
    ['in the header', {}],
    ['in the body alone', { clientAuthMethods: ['client_secret_post'] }],
  ])('takes the secret %s gets it so', async (_, configuration) => {
    const other = await startOidcProvider(consoleUrl, people, {
      ...configuration,
      clients: [
        {
          client_id: client.clientId,
          client_secret: client.clientSecret,
          redirect_uris: [`${consoleUrl}/login/oidc/callback`],
          ...(configuration.clientAuthMethods && { token_endpoint_auth_method: 'client_secret_post' }),
        },
      ],
    });
    expect((await signIn(await open({ issuer: other.issuer }), 'olga')).status).toBe(303);
    await other.close();
  });
});
