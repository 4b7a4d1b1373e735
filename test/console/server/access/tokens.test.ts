/** Signing in with the token of a role, and what happens to those who guess. */

import { describe, expect, it } from 'vitest';

import { roleOfToken } from '../../../../console/server/access/token.ts';
import { hourMs, minuteMs } from '../../../../core/window.ts';
import { createTestDatabase } from '../../../setup/servers.ts';
import { useDatabase } from '../../../setup/world.ts';
import { byToken, cookiesOf, now, openTestConsole, textOf, tokens } from '../../console-world.ts';

const test = useDatabase('empty for each test');

const audited = () =>
  test.database.query(
    'select actor, role, address, action, subject, details, outcome, said from audit_events order by audit_id',
  );

describe('who has to sign in', () => {
  it('is sent to the sign-in page, and comes back', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    const sent = await console.get('/health?x=1');
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/login?to=%2Fhealth%3Fx%3D1']);
    const signIn = await (await console.get('/login?to=%2Fhealth%3Fx%3D1')).text();
    expect(signIn).toContain('name="to" value="/health?x=1"');
    const signed = await console.post('/login', { to: '/health?x=1', name: 'bob', token: tokens.viewer });
    expect([signed.status, signed.headers.get('location')]).toEqual([303, '/health?x=1']);
    const page = await console.get('/health', { cookie: cookiesOf(signed) });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<bdi>bob</bdi>');
  });

  it('has a cookie that scripts cannot read, and that goes by https only where the console does', async () => {
    for (const [publicUrl, secure] of [
      ['https://console.example.org', true],
      ['http://console.example.org', false],
    ] as const) {
      const console = await openTestConsole(test.database, { access: byToken, publicUrl });
      const [cookie] = (
        await console.post('/login', { name: 'bob', token: tokens.viewer })
      ).headers.getSetCookie();
      expect(cookie).toMatch(/HttpOnly; .*SameSite=Lax|SameSite=Lax.*HttpOnly/);
      expect(cookie!.includes('Secure')).toBe(secure);
      // No other host of the domain can set it.
      expect(cookie!.startsWith('__Host-')).toBe(secure);
    }
  });

  it.each(['', 'wrong', tokens.viewer.slice(1), `${tokens.viewer} `])(
    'is not let in with the token %j',
    async (token) => {
      const console = await openTestConsole(test.database, { access: byToken });
      const answer = await console.post('/login', { name: 'bob', token });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
      expect(textOf(await answer.text())).toContain('This token is not known');
    },
  );

  it('signs in again after twelve hours, and is told why', async () => {
    let time = now;
    const console = await openTestConsole(test.database, { access: byToken, now: () => time });
    const signedIn = await console.post('/login', { name: 'bob', token: tokens.operator });
    // Browsers keep it for longer: without it nobody could say why.
    expect(Number(/Max-Age=(\d+)/.exec(signedIn.headers.getSetCookie()[0]!)![1])).toBeGreaterThan(
      24 * 60 * 60,
    );
    const cookie = cookiesOf(signedIn);
    time += 12 * hourMs - 1;
    expect((await console.get('/', { cookie })).status).toBe(200);
    time += 1;
    expect((await console.get('/', { cookie })).headers.get('location')).toBe('/login?to=%2F&why=ended');
    expect(textOf(await (await console.get('/login?to=%2F&why=ended')).text())).toContain(
      'Your session has ended',
    );
  });

  it('cannot make a session, nor keep one after the token has changed', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    const cookie = cookiesOf(await console.post('/login', { name: 'bob', token: tokens.viewer }));
    const forged = cookie.replace(/(?<==)[\w-]+/, (text) =>
      Buffer.from(Buffer.from(text, 'base64url').toString().replace('viewer"', 'operator"')).toString(
        'base64url',
      ),
    );
    expect(forged).not.toBe(cookie);
    expect((await console.get('/', { cookie: forged })).status).toBe(303);
    const changed = await openTestConsole(test.database, { access: { ...byToken, cookieSecret: 'another' } });
    expect((await changed.get('/', { cookie })).headers.get('location')).toContain('why=ended');
  });

  it('may be a script with its token', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    expect((await console.get('/', { authorization: `Bearer ${tokens.viewer}` })).status).toBe(200);
    expect((await console.get('/', { authorization: 'Bearer wrong' })).status).toBe(401);
  });

  it('signs out', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    const signedIn = cookiesOf(await console.post('/login', { name: 'bob', token: tokens.viewer }));
    const answer = await console.post('/logout', {}, { cookie: signedIn });
    expect(answer.headers.get('location')).toBe('/login?why=out');
    expect(answer.headers.getSetCookie()[0]).toContain('Max-Age=0');
  });
});

describe('the page to sign in', () => {
  it('has neither an inline script nor an inline style, nor the token that was tried', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    const wrong = await console.post('/login', { name: 'bob', token: 'guessed-token-of-somebody' });
    for (const answer of [await console.get('/login'), wrong]) {
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'(?!.*unsafe)/);
      expect(await answer.text()).not.toMatch(/<style| style=|<script>| on\w+="|guessed/);
    }
  });

  it('is skipped where nobody has to sign in, and leads to no other site', async () => {
    const console = await openTestConsole(test.database);
    for (const [to, location] of [
      ['/health', '/health'],
      ['//evil.example', '/'],
    ] as const)
      expect((await console.get(`/login?to=${to}`)).headers.get('location')).toBe(location);
  });
});

describe('a token', () => {
  it('is compared as a whole, whatever the two begin with', async () => {
    expect(await roleOfToken(tokens, tokens.viewer)).toBe('viewer');
    expect(await roleOfToken(tokens, tokens.operator)).toBe('operator');
    for (const wrong of ['', tokens.viewer.slice(0, -1), `${tokens.viewer}\0`, tokens.viewer.toUpperCase()])
      expect(await roleOfToken(tokens, wrong)).toBeUndefined();
    expect(await roleOfToken({}, '')).toBeUndefined();
  });
});

describe('who comes and goes', () => {
  it('has a row each time, from where they came', async () => {
    const console = await openTestConsole(test.database, { access: byToken, address: '::ffff:203.0.113.7' });
    const signedIn = await console.post('/login', { name: 'bob', token: tokens.viewer });
    await console.post('/logout', {}, { cookie: cookiesOf(signedIn) });
    await console.post('/logout');
    const bob = { actor: 'bob', role: 'viewer', address: '203.0.113.7', details: {}, outcome: 'done' };
    expect(await audited()).toEqual([
      { ...bob, action: 'sign-in', subject: 'token', said: 'bob has signed in' },
      { ...bob, action: 'sign-out', subject: 'console', said: 'bob has signed out' },
    ]);
  });

  it('is refused with a row as well, without the token', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    await console.post('/login', { name: 'bob', token: 'guessed-token-of-somebody' });
    await console.get('/', { authorization: 'Bearer guessed-token-of-a-script' });
    const rows = await audited();
    expect(rows).toMatchObject([
      { actor: 'bob', role: null, action: 'sign-in', outcome: 'refused', said: 'This token is not known.' },
      { actor: 'a script', role: null, action: 'sign-in', outcome: 'refused' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('guessed');
  });

  it('signs out also where that cannot be noted', async () => {
    const old = await createTestDatabase();
    const console = await openTestConsole(old.database, { access: byToken });
    const cookie = cookiesOf(await console.post('/login', { name: 'bob', token: tokens.viewer }));
    await old.database.execute('drop table audit_events');
    const answer = await console.post('/logout', {}, { cookie });
    expect([answer.status, answer.headers.getSetCookie()[0]]).toEqual([
      303,
      expect.stringContaining('Max-Age=0'),
    ]);
    expect(String(console.logged)).toContain('a sign-out was not recorded');
    await old.drop();
  });

  it('cannot sign in to a database that is older than the console', async () => {
    const old = await createTestDatabase();
    await old.database.execute('delete from schema_migrations where id > 13');
    const console = await openTestConsole(old.database, { access: byToken });
    const answer = await console.post('/login', { name: 'bob', token: tokens.viewer });
    expect([answer.status, console.logged]).toEqual([503, []]);
    expect(textOf(await answer.text())).toContain('Run tidewatch migrate');
    await old.drop();
  });
});

describe('whoever guesses', () => {
  const guess = (token = 'a-wrong-token-of-somebody') => ({ name: 'eve', token });

  it('is held off after ten from one address, a right one or not, and may try again a minute later', async () => {
    let time = now;
    const console = await openTestConsole(test.database, { access: byToken, now: () => time });
    for (let i = 0; i < 10; i += 1) expect((await console.post('/login', guess())).status).toBe(403);
    const held = await console.post('/login', guess(tokens.operator));
    expect([held.status, held.headers.get('retry-after')]).toEqual([429, '60']);
    expect(textOf(await held.text())).toContain(
      'Too many sign-ins from your address have failed. Try again in 1 minute.',
    );
    const script = await console.get('/', { authorization: `Bearer ${tokens.operator}` });
    expect([script.status, script.headers.get('retry-after')]).toEqual([429, '60']);
    time += minuteMs;
    expect((await console.post('/login', guess(tokens.operator))).status).toBe(303);
  });

  it('does not hold off others, nor those who have signed in', async () => {
    let address = '203.0.113.7';
    const access = { ...byToken, proxies: 1 };
    const console = await openTestConsole(test.database, { access });
    const post = (token: string) => console.post('/login', guess(token), { 'x-forwarded-for': address });
    const cookie = cookiesOf(await post(tokens.viewer));
    for (let i = 0; i < 11; i += 1) await post('wrong');
    expect((await post(tokens.viewer)).status).toBe(429);
    expect((await console.get('/', { cookie, 'x-forwarded-for': address })).status).toBe(200);
    address = '198.51.100.1';
    expect((await post(tokens.viewer)).status).toBe(303);
  });

  it('has no other address by saying so, where no proxy stands before the console', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    const answers = [];
    for (let i = 0; i < 11; i += 1)
      answers.push((await console.post('/login', guess(), { 'x-forwarded-for': `198.51.100.${i}` })).status);
    expect(answers.at(-1)).toBe(429);
  });

  it('fills no table: after sixty there is a row each five minutes, which says how many have none', async () => {
    let time = now;
    const access = { ...byToken, proxies: 1 };
    const console = await openTestConsole(test.database, { access, now: () => time });
    const attack = async (n: number): Promise<void> => {
      for (let i = 0; i < n; i += 1)
        await console.post('/login', guess(), {
          'x-forwarded-for': `198.51.${Math.floor(i / 200)}.${i % 200}`,
        });
    };
    await attack(400);
    expect(await audited()).toHaveLength(60);
    time += 5 * minuteMs;
    await attack(1);
    const rows = await audited();
    expect([rows.length, rows.at(-1)]).toEqual([
      61,
      expect.objectContaining({ details: { unrecorded: '340' } }),
    ]);
  });
});

describe('a form that is sent after the session has ended', () => {
  const path = '/alerts/drift%3Abikes%3Ahum';
  const typed = {
    note: 'é <b>looked</b> at it',
    for: '1d',
    until: '2026-12-01T09:00',
    since: 'x',
    seen: 'y',
  };
  const referer = `http://127.0.0.1:9465${path}`;

  /** Sends it without a session; what the browser has after signing in, and the page they come to. */
  async function sendAndSignIn(form: Readonly<Record<string, string>>, headers = { referer }) {
    const { fillAlert } = await import('../../acted-on.ts');
    await fillAlert(test.database, 'bikes');
    const console = await openTestConsole(test.database, { access: byToken });
    const sent = await console.post(`${path}/snooze`, form, headers);
    const login = new URL(sent.headers.get('location')!, referer);
    const signIn = textOf(await (await console.get(login.pathname + login.search)).text());
    const to = login.searchParams.get('to')!;
    const signedIn = await console.post('/login', { name: 'ana', token: tokens.operator, to });
    const cookie = `${cookiesOf(sent)}; ${cookiesOf(signedIn)}`;
    expect(signedIn.headers.get('location')).toBe(to);
    return { console, cookie, signIn, to, page: await console.get(to, { cookie }) };
  }

  it('does nothing, and comes back with what was typed, once', async () => {
    const { console, cookie, signIn, to, page } = await sendAndSignIn(typed);
    expect(to).toBe(path);
    expect(signIn).toContain('Your session has ended, so nothing was done.');
    const text = await page.text();
    expect(textOf(text)).toContain('What you had typed is in the form again; look at it, and send it.');
    expect(text).toContain('>é &lt;b&gt;looked&lt;/b&gt; at it</textarea>');
    expect(text).toMatch(/<option selected>1d<\/option>/);
    expect(text).toContain('name="until" value="2026-12-01T09:00"');
    expect(page.headers.getSetCookie().join()).toContain('tidewatch_draft=; Max-Age=0');
    expect(await (await console.get('/alerts', { cookie })).text()).not.toContain('looked');
    expect(await audited()).toMatchObject([{ action: 'sign-in' }]);
  });

  it('says where what was typed is more than a browser keeps', async () => {
    const { page } = await sendAndSignIn({ ...typed, note: '測'.repeat(2000) });
    expect(textOf(await page.text())).toContain('What you had typed was too long to be kept.');
  });

  it('comes back to the first page from a browser that does not say where it was', async () => {
    const { to } = await sendAndSignIn(typed, {} as { referer: string });
    expect(to).toBe('/');
  });

  it('signs nobody in, whatever is written into it', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    const viewer = JSON.stringify({ name: 'eve', role: 'operator' });
    const sent = await console.post(`${path}/snooze`, { viewer, until: '9999999999999' }, { referer });
    const cookie = cookiesOf(sent).replace('tidewatch_draft', 'tidewatch_session');
    expect((await console.get('/', { cookie })).headers.get('location')).toContain('why=ended');
  });

  it('of another site is not kept', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    const answer = await console.post(`${path}/snooze`, typed, { origin: 'https://evil.example' });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
  });

  it('is forgotten by who signs out', async () => {
    const console = await openTestConsole(test.database, { access: byToken });
    const out = await console.post('/logout');
    expect(out.headers.getSetCookie().join()).toContain('tidewatch_draft=; Max-Age=0');
  });
});
