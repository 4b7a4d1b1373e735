/** What the environment says of the console: where it listens, and who may look. */

import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import { isLoopback, type Access } from '../console/server/access/roles.ts';
import { durationMs, isDuration } from '../core/window.ts';
import { readOidc, oidcVariables } from './oidc-configuration.ts';
import { port } from './port.ts';
import type { Problems } from './secret-files.ts';

const duration = z.string().refine(isDuration, 'write a number and s, m, h, d or w, for example 12h');

export const consoleVariables = {
  TIDEWATCH_CONSOLE: z
    .enum(['on', 'off'], 'write on or off')
    .default('off')
    .describe('whether the worker serves the console, too'),
  TIDEWATCH_CONSOLE_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('where the console listens; beyond loopback, people must sign in'),
  TIDEWATCH_CONSOLE_PORT: port.default(9465).describe('its port; 0 takes a free one'),
  TIDEWATCH_CONSOLE_URL: z
    .url('write for example https://tidewatch.example.org')
    .optional()
    .describe('the console as people reach it; by default its host and port'),
  TIDEWATCH_CONSOLE_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(9)
    .default(0)
    .describe(
      'how many reverse proxies before the console add to X-Forwarded-For, which shows where people sign in from',
    ),
  TIDEWATCH_CONSOLE_VIEWER_TOKEN: z.string().optional().describe('lets people sign in to look'),
  TIDEWATCH_CONSOLE_OPERATOR_TOKEN: z.string().optional().describe('lets people sign in to look and act'),
  ...oidcVariables,
  TIDEWATCH_CONSOLE_SESSION: duration
    .default('12h')
    .describe('how long before people sign in again; a revoked role lasts as long'),
  TIDEWATCH_CONSOLE_SESSION_SECRET: z
    .string()
    .optional()
    .describe('keeps sessions across restarts and several consoles'),
  TIDEWATCH_AUDIT_RETENTION: duration
    .default('365d')
    .describe('how long to keep who signed in and acted in the console'),
};
type ConsoleVariables = z.infer<z.ZodObject<typeof consoleVariables>>;

export interface ConsoleConfiguration {
  /** Does a worker serve it as well? */
  readonly inWorker: boolean;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** As people reach it; by default where it listens. */
  readonly url: string | undefined;
  readonly access: Pick<Access, 'tokens' | 'oidc' | 'sessionMs' | 'proxies'>;
  /** Undefined: a new one each time it starts, which ends all sessions. */
  readonly sessionSecret: string | undefined;
  readonly auditRetentionMs: number;
}

/** Guessing one of so many characters takes longer than anybody has. */
const fewestCharacters = 24;

/** Beyond loopback, a console without a sign-in would be everybody's: it does not start. */
export function readConsole(variables: ConsoleVariables, problems: Problems): ConsoleConfiguration {
  const {
    TIDEWATCH_CONSOLE_VIEWER_TOKEN: viewer,
    TIDEWATCH_CONSOLE_OPERATOR_TOKEN: operator,
    TIDEWATCH_CONSOLE_SESSION_SECRET: sessionSecret,
    TIDEWATCH_CONSOLE_HOST: host,
  } = variables;
  for (const [name, value] of Object.entries({
    TIDEWATCH_CONSOLE_VIEWER_TOKEN: viewer,
    TIDEWATCH_CONSOLE_OPERATOR_TOKEN: operator,
    TIDEWATCH_CONSOLE_SESSION_SECRET: sessionSecret,
  })) {
    if (value !== undefined && value.length < fewestCharacters)
      problems.push(
        `  ${name}: write at least ${fewestCharacters} characters, for example \`openssl rand -hex 24\``,
      );
  }
  if (viewer !== undefined && viewer === operator)
    problems.push(
      '  TIDEWATCH_CONSOLE_VIEWER_TOKEN: is the same as TIDEWATCH_CONSOLE_OPERATOR_TOKEN; make them differ',
    );
  const url = variables.TIDEWATCH_CONSOLE_URL?.replace(/\/$/, '');
  const tokens = { ...(viewer !== undefined && { viewer }), ...(operator !== undefined && { operator }) };
  const oidc = readOidc(variables, url, problems);
  if (!isLoopback(host) && Object.keys(tokens).length === 0 && oidc === undefined) {
    problems.push(
      '  TIDEWATCH_CONSOLE_HOST: beyond 127.0.0.1 everybody could act; set TIDEWATCH_CONSOLE_OPERATOR_TOKEN, TIDEWATCH_CONSOLE_VIEWER_TOKEN or TIDEWATCH_OIDC_ISSUER',
    );
  }
  return {
    inWorker: variables.TIDEWATCH_CONSOLE === 'on',
    host,
    port: variables.TIDEWATCH_CONSOLE_PORT,
    url,
    access: {
      tokens,
      ...(oidc && { oidc }),
      sessionMs: durationMs(variables.TIDEWATCH_CONSOLE_SESSION),
      proxies: variables.TIDEWATCH_CONSOLE_PROXIES,
    },
    sessionSecret,
    auditRetentionMs: durationMs(variables.TIDEWATCH_AUDIT_RETENTION),
  };
}

/** Who may look, for one start of the console. */
export function consoleAccess({ access, sessionSecret }: ConsoleConfiguration, userName: string): Access {
  const { tokens, oidc } = access;
  const secret = sessionSecret ?? randomBytes(32).toString('hex');
  const isOpen = Object.keys(tokens).length === 0 && oidc === undefined;
  return {
    ...(isOpen && { everybody: { name: userName, role: 'operator' } }),
    ...access,
    // Another token, provider or group ends the sessions that were begun with the old one.
    cookieSecret: [secret, tokens.viewer, tokens.operator, JSON.stringify(oidc)].join('\n'),
  };
}
