import { describe, expect, it } from 'vitest';

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
