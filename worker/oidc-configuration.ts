/** What the environment says of the OpenID provider where people sign in to the console. */

import { z } from 'zod';

import type { OidcSettings } from '../console/server/access/oidc-settings.ts';
import { isLoopback } from '../console/server/access/roles.ts';
import { teamNameSchema } from '../core/monitor/schema.ts';
import type { Problems } from './secret-files.ts';

export const oidcVariables = {
  TIDEWATCH_OIDC_ISSUER: z
    .url('write for example https://sso.example.org/realms/main')
    .optional()
    .describe(
      'the OpenID provider where people sign in to the console, as it calls itself; see docs/console.md',
    ),
  TIDEWATCH_OIDC_CLIENT_ID: z.string().optional().describe('the client id of the console there'),
  TIDEWATCH_OIDC_CLIENT_SECRET: z
    .string()
    .optional()
    .describe('its client secret there; without one, PKCE alone protects'),
  TIDEWATCH_OIDC_SCOPE: z
    .string()
    .default('openid profile email')
    .describe('what the console asks it for; some providers need groups as well'),
  TIDEWATCH_OIDC_ROLE_CLAIM: z
    .string()
    .min(1)
    .default('groups')
    .describe('the claim that roles go by, such as groups, roles, realm_access.roles or email'),
  TIDEWATCH_OIDC_VIEWERS: z
    .string()
    .optional()
    .describe('values of it that may look, comma-separated; * is anybody whom the provider signs in'),
  TIDEWATCH_OIDC_OPERATORS: z.string().optional().describe('values of it that may look and act'),
  TIDEWATCH_OIDC_TEAMS: z
    .string()
    .optional()
    .describe(
      'values of it that may look at the models of one team, such as risk=fraud,shop=pricing; see docs/security.md',
    ),
};
type OidcVariables = z.infer<z.ZodObject<typeof oidcVariables>>;

/** Undefined where nobody signs in at a provider. */
export function readOidc(
  variables: OidcVariables,
  consoleUrl: string | undefined,
  problems: Problems,
): OidcSettings | undefined {
  const {
    TIDEWATCH_OIDC_ISSUER: issuer,
    TIDEWATCH_OIDC_CLIENT_ID: clientId,
    TIDEWATCH_OIDC_CLIENT_SECRET: clientSecret,
    TIDEWATCH_OIDC_SCOPE: scope,
  } = variables;
  const [viewers, operators] = [variables.TIDEWATCH_OIDC_VIEWERS, variables.TIDEWATCH_OIDC_OPERATORS].map(
    listOf,
  );
  if (issuer === undefined) {
    const others = Object.entries({
      TIDEWATCH_OIDC_CLIENT_ID: clientId,
      TIDEWATCH_OIDC_CLIENT_SECRET: clientSecret,
      TIDEWATCH_OIDC_VIEWERS: variables.TIDEWATCH_OIDC_VIEWERS,
      TIDEWATCH_OIDC_OPERATORS: variables.TIDEWATCH_OIDC_OPERATORS,
      TIDEWATCH_OIDC_TEAMS: variables.TIDEWATCH_OIDC_TEAMS,
    });
    for (const [name] of others.filter(([, value]) => value !== undefined))
      problems.push(`  ${name}: is of no use without TIDEWATCH_OIDC_ISSUER`);
    return undefined;
  }
  const teams = teamsOf(variables.TIDEWATCH_OIDC_TEAMS, problems);
  const wanted = [
    [isSafe(issuer), '  TIDEWATCH_OIDC_ISSUER: beyond this machine write https'],
    [
      clientId !== undefined,
      '  TIDEWATCH_OIDC_CLIENT_ID: is missing; the provider names it when the console is registered there',
    ],
    [
      consoleUrl !== undefined && isSafe(consoleUrl),
      '  TIDEWATCH_CONSOLE_URL: the provider sends people back to it; write it, with https unless it is of this machine',
    ],
    [
      viewers!.length + operators!.length + Object.keys(teams).length > 0,
      '  TIDEWATCH_OIDC_OPERATORS: nobody could look; write the groups that may act, or TIDEWATCH_OIDC_VIEWERS',
    ],
    [scope.split(/\s+/).includes('openid'), '  TIDEWATCH_OIDC_SCOPE: openid is missing'],
  ] as const;
  for (const [holds, problem] of wanted) if (!holds) problems.push(problem);
  return {
    issuer,
    clientId: clientId ?? '',
    ...(clientSecret !== undefined && { clientSecret }),
    scope,
    roleClaim: variables.TIDEWATCH_OIDC_ROLE_CLAIM,
    viewers: viewers!,
    operators: operators!,
    ...(Object.keys(teams).length > 0 && { teams }),
  };
}

/** Value of the claim -> team. */
function teamsOf(text: string | undefined, problems: Problems): Record<string, string> {
  const pairs = listOf(text).map((pair): [string, string] => {
    const at = pair.lastIndexOf('=');
    return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
  });
  for (const [group, team] of pairs)
    if (group === '' || !teamNameSchema.safeParse(team).success)
      problems.push(
        `  TIDEWATCH_OIDC_TEAMS: "${group}=${team}" is no group and team; write for example risk=fraud`,
      );
  return Object.fromEntries(pairs);
}

function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter(Boolean);
}
