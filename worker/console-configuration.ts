/** What the environment says of the console: where it listens, and who may look. */

import { randomBytes } from 'node:crypto';

import { isLoopback, type Access } from '../console/server/access/roles.ts';
import type { Environment, Problems } from './secret-files.ts';

export interface ConsoleConfiguration {
  /** Does a worker serve it as well? */
  readonly inWorker: boolean;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** As people reach it; by default where it listens. */
  readonly url: string | undefined;
  readonly tokens: Access['tokens'];
  /** Undefined: a new one each time it starts, which ends all sessions. */
  readonly sessionSecret: string | undefined;
}

/** Guessing one of so many characters takes longer than anybody has. */
const fewestCharacters = 24;

const secrets = {
  viewer: 'TIDEWATCH_CONSOLE_VIEWER_TOKEN',
  operator: 'TIDEWATCH_CONSOLE_OPERATOR_TOKEN',
} as const;
const sessionVariable = 'TIDEWATCH_CONSOLE_SESSION_SECRET';

/** Beyond loopback, a console without a token would be everybody's: it does not start. */
export function readConsole(
  environment: Environment,
  listens: Pick<ConsoleConfiguration, 'inWorker' | 'host' | 'port' | 'url'>,
  problems: Problems,
): ConsoleConfiguration {
  const {
    [secrets.viewer]: viewer,
    [secrets.operator]: operator,
    [sessionVariable]: sessionSecret,
  } = environment;
  for (const [name, value] of [
    [secrets.viewer, viewer],
    [secrets.operator, operator],
    [sessionVariable, sessionSecret],
  ] as const) {
    if (value !== undefined && value.length < fewestCharacters)
      problems.push(
        `  ${name}: write at least ${fewestCharacters} characters, for example \`openssl rand -hex 24\``,
      );
  }
  if (viewer !== undefined && viewer === operator)
    problems.push(`  ${secrets.viewer}: is the same as ${secrets.operator}; make them differ`);
  const tokens = { ...(viewer !== undefined && { viewer }), ...(operator !== undefined && { operator }) };
  if (!isLoopback(listens.host) && Object.keys(tokens).length === 0) {
    problems.push(
      `  TIDEWATCH_CONSOLE_HOST: beyond 127.0.0.1 everybody could act; set ${secrets.operator} or ${secrets.viewer}`,
    );
  }
  return { ...listens, tokens, sessionSecret };
}

/** Who may look, for one start of the console. */
export function consoleAccess({ tokens, sessionSecret }: ConsoleConfiguration, userName: string): Access {
  const secret = sessionSecret ?? randomBytes(32).toString('hex');
  return {
    ...(Object.keys(tokens).length === 0 && { everybody: { name: userName, role: 'operator' } }),
    tokens,
    // Another token ends the sessions that were begun with the old one.
    cookieSecret: [secret, tokens.viewer, tokens.operator].join('\n'),
  };
}
