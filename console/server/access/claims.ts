/** Who somebody is and what they may do, of what an OpenID provider says of them. */

import { oneLine } from '../../../core/alert/message.ts';
import type { OidcSettings } from './oidc-settings.ts';
import type { Role } from './roles.ts';

export type Claims = Readonly<Record<string, unknown>>;

/**
 * The values of a claim: of a list, or of one text. A dot goes into an object, unless a claim is named so. An e-mail address counts
 * only where the provider has verified it: elsewhere people may write there what they like.
 *
 * @example groupsOf({ realm_access: { roles: ['ml'] } }, 'realm_access.roles') // ['ml']
 * @returns undefined where the provider says nothing of it
 */
export function groupsOf(claims: Claims, claim: string): readonly string[] | undefined {
  if (claim === 'email' && claims['email_verified'] !== true) return undefined;
  const found = Object.hasOwn(claims, claim)
    ? claims[claim]
    : claim.split('.').reduce(part, claims as unknown);
  if (typeof found === 'string') return [found];
  return Array.isArray(found) ? found.filter((value) => typeof value === 'string') : undefined;
}

function part(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Claims)[name]
    : undefined;
}

/**
 * The most that any group of somebody may do; undefined where none of them may look.
 *
 * @example roleOfGroups(['ml', 'ops'], { viewers: ['ml'], operators: ['ops'] }) // 'operator'
 */
export function roleOfGroups(
  groups: readonly string[],
  { viewers, operators }: Pick<OidcSettings, 'viewers' | 'operators'>,
): Role | undefined {
  const isOneOf = (named: readonly string[]): boolean =>
    named.includes('*') || groups.some((group) => named.includes(group));
  if (isOneOf(operators)) return 'operator';
  return isOneOf(viewers) ? 'viewer' : undefined;
}

/**
 * The teams of whose models somebody may see, who may not see all of them.
 *
 * @example teamsOfGroups(['ml', 'risk'], { risk: 'fraud', shop: 'pricing' }) // ['fraud']
 */
export function teamsOfGroups(
  groups: readonly string[],
  teams: NonNullable<OidcSettings['teams']>,
): readonly string[] {
  const found = groups.flatMap((group) => (Object.hasOwn(teams, group) ? [teams[group]!] : []));
  return [...new Set(found)].sort();
}

const nameClaims = ['preferred_username', 'email', 'name'];

/** Do they say what somebody is called? */
export function isNamed(claims: Claims): boolean {
  return nameClaims.some((claim) => nameIn(claims, claim) !== '');
}

/**
 * What stands beside their actions: what they sign in with, else their name.
 *
 * @example nameOfClaims({ sub: '7f3', name: 'Ana', email: 'ana@example.org' }) // 'ana@example.org'
 */
export function nameOfClaims(claims: Claims): string {
  const names = [...nameClaims, 'sub'].map((claim) => nameIn(claims, claim));
  return names.find((name) => name !== '') ?? 'somebody';
}

function nameIn(claims: Claims, claim: string): string {
  const value = claims[claim];
  return typeof value === 'string' ? oneLine(value).slice(0, 80).trim() : '';
}
