/** Who looks at the console, and what they may do there. */

import type { OidcSettings } from './oidc-settings.ts';

/** `viewer`: sees everything; `operator`: also acts, for example acknowledges an alert. */
export type Role = 'viewer' | 'operator';

export interface Viewer {
  /** Stands beside each action. */
  readonly name: string;
  readonly role: Role;
  /** What the OpenID provider knows them by, which no change of a name changes. Absent where they have not signed in there. */
  readonly identity?: string;
  /** Of whose models they see what there is; absent: of all. The database holds it, where teams are kept apart (sql/teams.ts). */
  readonly teams?: readonly string[];
}

/** How it is decided who somebody is. */
export interface Access {
  /**
   * Without it nobody signs in: whoever reaches the console is this operator. Only for a console that listens on loopback.
   */
  readonly everybody?: Viewer;
  /** A token of each role, for people and scripts. */
  readonly tokens: Readonly<Partial<Record<Role, string>>>;
  /** Where people sign in; absent: by token only. */
  readonly oidc?: OidcSettings;
  /** Signs cookies: another one ends all sessions. */
  readonly cookieSecret: string;
  /** How long somebody stays signed in, in milliseconds. */
  readonly sessionMs: number;
  /** How many reverse proxies stand before the console, each of which adds to `X-Forwarded-For`. */
  readonly proxies: number;
}

/** Names that reach only this machine. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

/**
 * Does a host name or address mean this machine alone?
 *
 * @example ['127.0.0.1', '::1', '0.0.0.0'].map(isLoopback) // [true, true, false]
 */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}
