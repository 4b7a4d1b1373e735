/** A console over a database of the test's own, asked without a network. */

import { pngOf } from '../../activities/reports/png.ts';
import type { ConsoleActions } from '../../console/server/actions.ts';
import type { Access } from '../../console/server/access/roles.ts';
import type { Routes } from '../../console/server/routes.ts';
import { routes } from '../../console/server/routes.ts';
import { consoleApp } from '../../console/server/server.ts';
import type { ConsoleDependencies } from '../../console/server/site.ts';
import { hourMs, parseInstant } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { asRole } from '../setup/servers.ts';

/** The wall clock of the tests: in the year of their data. */
export const now = parseInstant('2026-11-29T15:00:00Z');

const asEver = { cookieSecret: 'secret of a test', sessionMs: 12 * hourMs, proxies: 0 };

export const everybody: Access = {
  everybody: { name: 'ann', role: 'operator' },
  tokens: {},
  ...asEver,
};

export const tokens = { viewer: 'viewer-token-of-a-test-0123', operator: 'operator-token-of-a-test-0123' };
export const byToken: Access = { tokens, ...asEver };

/** Of a console that nothing is done in. */
const noAction = (): Promise<never> => Promise.reject(new Error('nothing is done here'));
export const noActions: ConsoleActions = { changeAlert: noAction, changeRetraining: noAction };

export interface TestConsole {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** A form that a page of the console sends. */
  post(
    path: string,
    fields?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  /** What was not foreseen. */
  readonly logged: readonly unknown[];
}

export interface TestConsoleOptions extends Partial<ConsoleDependencies> {
  readonly routes?: Routes;
  readonly origin?: string;
  /** From where it is asked. */
  readonly address?: string;
}

/** What a console needs, for everybody and without actions. */
export const consoleDependencies: Omit<ConsoleDependencies, 'database' | 'log'> = {
  access: everybody,
  temporalUiUrl: 'http://127.0.0.1:8233/namespaces/default',
  actions: noActions,
  askTemporal: async () => ({ pauses: { paused: [], schedules: 4 }, runs: [] }),
  documents: async () => undefined,
  pngOf,
  now: () => now,
};

export async function openTestConsole(
  database: Database,
  {
    routes: table = routes,
    origin = 'http://127.0.0.1:9465',
    address = '127.0.0.1',
    ...overrides
  }: TestConsoleOptions = {},
): Promise<TestConsole> {
  const logged: unknown[] = [];
  const app = await consoleApp(
    {
      ...consoleDependencies,
      database: asRole(database, 'console'),
      log: (error) => logged.push(error),
      ...overrides,
    },
    table,
  );
  // What the server of Node.js hands to each request.
  const environment = { incoming: { socket: { remoteAddress: address } } };
  return {
    logged,
    get: async (path, headers = {}) => app.request(`${origin}${path}`, { headers }, environment),
    post: async (path, fields = {}, headers = {}) =>
      app.request(
        `${origin}${path}`,
        { method: 'POST', headers: { origin, ...headers }, body: new URLSearchParams(fields) },
        environment,
      ),
  };
}

/** The cookies that an answer sets, as the next request sends them. */
export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0]!)
    .join('; ');
}

/** The texts of a page, without its markup. */
export function textOf(page: string): string {
  return page
    .replace(/^[\s\S]*<main[^>]*>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
