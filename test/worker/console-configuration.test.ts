import { describe, expect, it } from 'vitest';

import { hourMs, dayMs } from '../../core/window.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { consoleAccess } from '../../worker/console-configuration.ts';

const DATABASE_URL = 'postgres://tidewatch@127.0.0.1:5432/tidewatch';
const [viewer, operator] = ['v'.repeat(24), 'o'.repeat(24)];
const read = (environment: Readonly<Record<string, string>>) =>
  readConfiguration({ DATABASE_URL, ...environment }).console;

describe('the console', () => {
  it('listens on loopback, for everybody there, unless something else is said', () => {
    const console = read({});
    expect(console).toMatchObject({ host: '127.0.0.1', port: 9465, inWorker: false });
    expect(consoleAccess(console, 'ann').everybody).toEqual({ name: 'ann', role: 'operator' });
  });

  it.each(['0.0.0.0', '::', '10.0.0.7', 'console.example.org', '127.0.0.1.example.org'])(
    'does not start beyond loopback without a token: %s',
    (TIDEWATCH_CONSOLE_HOST) => {
      expect(() => read({ TIDEWATCH_CONSOLE_HOST })).toThrow(
        /TIDEWATCH_CONSOLE_HOST: beyond 127.0.0.1 everybody could act; set TIDEWATCH_CONSOLE_OPERATOR_TOKEN/,
      );
      expect(read({ TIDEWATCH_CONSOLE_HOST, TIDEWATCH_CONSOLE_VIEWER_TOKEN: viewer }).access.tokens).toEqual({
        viewer,
      });
    },
  );

  it('is nobody`s without signing in once there is a token', () => {
    const console = read({
      TIDEWATCH_CONSOLE_VIEWER_TOKEN: viewer,
      TIDEWATCH_CONSOLE_OPERATOR_TOKEN: operator,
    });
    expect(consoleAccess(console, 'ann')).toMatchObject({ tokens: { viewer, operator } });
    expect(consoleAccess(console, 'ann').everybody).toBeUndefined();
  });

  it('wants tokens that nobody guesses, one for each role', () => {
    expect(() => read({ TIDEWATCH_CONSOLE_VIEWER_TOKEN: 'short' })).toThrow(/write at least 24 characters/);
    expect(() =>
      read({ TIDEWATCH_CONSOLE_VIEWER_TOKEN: viewer, TIDEWATCH_CONSOLE_OPERATOR_TOKEN: viewer }),
    ).toThrow(/is the same as/);
  });

  it('ends all sessions at each start, unless a secret keeps them; another token ends them in any case', () => {
    const secretOf = (environment: Readonly<Record<string, string>>): string =>
      consoleAccess(read({ TIDEWATCH_CONSOLE_VIEWER_TOKEN: viewer, ...environment }), 'ann').cookieSecret;
    const TIDEWATCH_CONSOLE_SESSION_SECRET = 's'.repeat(24);
    expect(secretOf({})).not.toBe(secretOf({}));
    const kept = secretOf({ TIDEWATCH_CONSOLE_SESSION_SECRET });
    expect(secretOf({ TIDEWATCH_CONSOLE_SESSION_SECRET })).toBe(kept);
    expect(secretOf({ TIDEWATCH_CONSOLE_SESSION_SECRET, TIDEWATCH_CONSOLE_VIEWER_TOKEN: operator })).not.toBe(
      kept,
    );
  });
});

describe('signing in at an OpenID provider', () => {
  const oidc = {
    TIDEWATCH_OIDC_ISSUER: 'https://sso.example.org/realms/main',
    TIDEWATCH_OIDC_CLIENT_ID: 'tidewatch',
    TIDEWATCH_OIDC_OPERATORS: 'ml-operators, ml-admins',
    TIDEWATCH_CONSOLE_URL: 'https://tidewatch.example.org/',
  };

  it('needs an issuer, a client, an address to come back to, and who may do what', () => {
    expect(read(oidc).access.oidc).toEqual({
      issuer: 'https://sso.example.org/realms/main',
      clientId: 'tidewatch',
      scope: 'openid profile email',
      roleClaim: 'groups',
      viewers: [],
      operators: ['ml-operators', 'ml-admins'],
    });
    expect(read({}).access.oidc).toBeUndefined();
  });

  it('lets groups look at the models of a team', () => {
    const { TIDEWATCH_OIDC_OPERATORS: _, ...rest } = oidc;
    expect(read({ ...rest, TIDEWATCH_OIDC_TEAMS: 'risk=fraud, shop=pricing' }).access.oidc?.teams).toEqual({
      risk: 'fraud',
      shop: 'pricing',
    });
  });

  it('is enough beyond loopback, where nobody looks without it', () => {
    const console = read({ ...oidc, TIDEWATCH_CONSOLE_HOST: '0.0.0.0' });
    expect(consoleAccess(console, 'ann').everybody).toBeUndefined();
  });

  it('has its secret in a file, which is said to nobody', () => {
    const { TIDEWATCH_OIDC_CLIENT_ID: _, ...rest } = oidc;
    expect(read({ ...oidc, TIDEWATCH_OIDC_CLIENT_SECRET: 'hush' }).access.oidc?.clientSecret).toBe('hush');
    expect(() => read({ ...rest, TIDEWATCH_OIDC_CLIENT_SECRET: 'hush' })).toThrow(/^(?!.*hush)/s);
  });

  it.each([
    [{ TIDEWATCH_OIDC_ISSUER: 'sso.example.org' }, /TIDEWATCH_OIDC_ISSUER: write for example https/],
    [
      { TIDEWATCH_OIDC_ISSUER: 'http://sso.example.org' },
      /TIDEWATCH_OIDC_ISSUER: beyond this machine write https/,
    ],
    [{ TIDEWATCH_OIDC_ISSUER: 'ftp://127.0.0.1' }, /TIDEWATCH_OIDC_ISSUER: beyond this machine write https/],
    [{ TIDEWATCH_OIDC_ISSUER: '' }, /TIDEWATCH_OIDC_CLIENT_ID: is of no use without TIDEWATCH_OIDC_ISSUER/],
    [{ TIDEWATCH_OIDC_CLIENT_ID: '' }, /TIDEWATCH_OIDC_CLIENT_ID: is missing/],
    [{ TIDEWATCH_OIDC_OPERATORS: ' , ' }, /TIDEWATCH_OIDC_OPERATORS: nobody could look/],
    [{ TIDEWATCH_OIDC_SCOPE: 'profile' }, /TIDEWATCH_OIDC_SCOPE: openid is missing/],
    [{ TIDEWATCH_OIDC_TEAMS: 'risk' }, /TIDEWATCH_OIDC_TEAMS: "=risk" is no group and team/],
    [{ TIDEWATCH_OIDC_TEAMS: 'risk=Fraud Team' }, /TIDEWATCH_OIDC_TEAMS: "risk=Fraud Team" is no group/],
    [{ TIDEWATCH_CONSOLE_URL: '' }, /TIDEWATCH_CONSOLE_URL: the provider sends people back to it/],
    [{ TIDEWATCH_CONSOLE_URL: 'http://tidewatch.example.org' }, /TIDEWATCH_CONSOLE_URL: .* with https/],
  ])('says what is wrong with %j', (environment, problem) => {
    expect(() => read({ ...oidc, ...environment })).toThrow(problem);
  });

  it('may be without https on this machine', () => {
    const here = {
      TIDEWATCH_OIDC_ISSUER: 'http://127.0.0.1:8080',
      TIDEWATCH_CONSOLE_URL: 'http://localhost:9465',
    };
    expect(read({ ...oidc, ...here }).access.oidc?.issuer).toBe('http://127.0.0.1:8080');
  });

  it('ends all sessions when it changes who may do what', () => {
    const secretOf = (environment: Readonly<Record<string, string>>): string =>
      consoleAccess(
        read({ ...oidc, TIDEWATCH_CONSOLE_SESSION_SECRET: 's'.repeat(24), ...environment }),
        'ann',
      ).cookieSecret;
    expect(secretOf({})).toBe(secretOf({}));
    expect(secretOf({ TIDEWATCH_OIDC_OPERATORS: 'ml-admins' })).not.toBe(secretOf({}));
  });
});

describe('how long', () => {
  it('a session and the record of who acted last can be said', () => {
    expect(read({})).toMatchObject({ access: { sessionMs: 12 * hourMs }, auditRetentionMs: 365 * dayMs });
    const said = read({ TIDEWATCH_CONSOLE_SESSION: '30m', TIDEWATCH_AUDIT_RETENTION: '104w' });
    expect(said).toMatchObject({ access: { sessionMs: hourMs / 2 }, auditRetentionMs: 728 * dayMs });
    expect(() => read({ TIDEWATCH_CONSOLE_SESSION: 'long' })).toThrow(
      /TIDEWATCH_CONSOLE_SESSION: write a number and s, m, h, d or w/,
    );
  });
});
