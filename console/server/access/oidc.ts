/** Owns `openid-client`: signs people in at an OpenID provider by authorization code, PKCE, state and nonce. */

import {
  allowInsecureRequests,
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
  type ClientAuth,
  type Configuration,
} from 'openid-client';

import { oneLine } from '../../../core/alert/message.ts';
import { reasonOf, TidewatchError, type ErrorCode } from '../../../core/errors.ts';
import { groupsOf, isNamed, nameOfClaims, roleOfGroups, teamsOfGroups, type Claims } from './claims.ts';
import type { OidcSettings } from './oidc-settings.ts';
import { isLoopback, type Viewer } from './roles.ts';

/** What the browser keeps of a sign-in until it comes back. */
export interface BegunSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Provider {
  /** The host of the issuer, which is what people know it by. */
  readonly name: string;
  /**
   * Where to send the browser.
   *
   * @param prompt `login`: also who is signed in there already says who they are again, as somebody else for example
   */
  begin(prompt?: 'login'): Promise<{ readonly url: string; readonly begun: BegunSignIn }>;
  /**
   * Who has come back.
   *
   * @param query of the address that the provider has sent the browser to
   */
  finish(query: string, begun: BegunSignIn): Promise<{ readonly viewer: Viewer; readonly idToken: string }>;
  /** Where somebody signs out of the provider as well; undefined where it has no such page. */
  signOutUrl(idToken: string | undefined): Promise<string | undefined>;
}

/** Longer, a person thinks that nothing happens. */
const timeoutSeconds = 10;

/**
 * A provider that is asked for its addresses when the first person signs in: a console shows its pages while it is away.
 *
 * @param consoleUrl as people reach the console; the provider has to know `<consoleUrl>/login/oidc/callback`
 * @throws (each function) TidewatchError `OIDC_UNREACHABLE`, `OIDC_WRONG_ISSUER`, `OIDC_REFUSED`, `OIDC_UNTRUSTED`, `OIDC_NO_ROLE`
 */
export function openProvider(settings: OidcSettings, consoleUrl: string): Provider {
  const { issuer, scope } = settings;
  const redirectUri = `${consoleUrl}${callbackPath}`;
  let known: Promise<Configuration> | undefined;
  const configuration = (): Promise<Configuration> => {
    known ??= discover(settings).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  const explained = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw foreseen(issuer, error);
    });

  return {
    name: new URL(issuer).host,
    begin: (prompt) =>
      explained(async () => {
        const begun = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
        const url = buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope,
          state: begun.state,
          nonce: begun.nonce,
          code_challenge: await calculatePKCECodeChallenge(begun.verifier),
          code_challenge_method: 'S256',
          ...(prompt && { prompt }),
        });
        return { url: url.href, begun };
      }),
    finish: (query, { state, nonce, verifier }) =>
      explained(async () => {
        const known = await configuration();
        const tokens = await authorizationCodeGrant(known, new URL(`${redirectUri}${query}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const signed = tokens.claims()!;
        const claims = await completed(known, signed, tokens.access_token, settings.roleClaim);
        return { viewer: viewerOf(settings, claims, signed.sub), idToken: tokens.id_token! };
      }),
    signOutUrl: (idToken) =>
      explained(async () => {
        const known = await configuration();
        if (known.serverMetadata().end_session_endpoint === undefined) return undefined;
        return buildEndSessionUrl(known, {
          post_logout_redirect_uri: `${consoleUrl}${signedOutPath}`,
          ...(idToken !== undefined && { id_token_hint: idToken }),
        }).href;
      }),
  };
}

/** Where the provider sends browsers back to. */
export const callbackPath = '/login/oidc/callback';
/** And after somebody has signed out there. */
const signedOutPath = '/login';

function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<Configuration> {
  const url = new URL(issuer);
  // The configuration lets no other issuer be without https.
  const isHere = url.protocol === 'http:' && isLoopback(url.hostname);
  return discovery(url, clientId, undefined, clientSecret === undefined ? None() : withSecret(clientSecret), {
    timeout: timeoutSeconds,
    // TLS to the token endpoint would do; a signature holds also behind a proxy that ends it.
    execute: [enableNonRepudiationChecks, ...(isHere ? [allowInsecureRequests] : [])],
  });
}

/** In the header, as the standard has it, unless the provider takes it in the body only. */
function withSecret(secret: string): ClientAuth {
  return (server, ...request) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const auth = methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost;
    auth(secret)(server, ...request);
  };
}

/** What the ID token leaves out, many providers say when they are asked. */
async function completed(
  known: Configuration,
  signed: Claims & { readonly sub: string },
  accessToken: string,
  roleClaim: string,
): Promise<Claims> {
  const isComplete = groupsOf(signed, roleClaim) !== undefined && isNamed(signed);
  if (isComplete || known.serverMetadata().userinfo_endpoint === undefined) return signed;
  return { ...(await fetchUserInfo(known, accessToken, signed.sub)), ...signed };
}

function viewerOf(settings: OidcSettings, claims: Claims, identity: string): Viewer {
  const { issuer, roleClaim: claim } = settings;
  const name = nameOfClaims(claims);
  const groups = groupsOf(claims, claim);
  const role = roleOfGroups(groups ?? [], settings);
  const teams = role === undefined ? teamsOfGroups(groups ?? [], settings.teams ?? {}) : [];
  if (teams.length > 0) return { name, role: 'viewer', identity, teams };
  if (role === undefined) {
    const reason =
      groups === undefined
        ? `${new URL(issuer).host} says nothing of "${claim}"`
        : `nothing in "${claim}" lets you in`;
    throw new TidewatchError('OIDC_NO_ROLE', { name, identity, reason });
  }
  return { name, role, identity };
}

/** RFC 6749, 5.2 */
const refusals: Readonly<Record<string, ErrorCode>> = {
  invalid_grant: 'OIDC_CODE_SPENT',
  invalid_client: 'OIDC_CLIENT_REFUSED',
  unauthorized_client: 'OIDC_CLIENT_REFUSED',
};

/** An error in words for whoever signs in; what is not of the provider stays as it is. */
function foreseen(issuer: string, error: unknown): unknown {
  const because = (reason: string) => ({ issuer, reason: oneLine(reason).slice(0, 300) });
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const { error: code, error_description: said } = error;
    const reason = said === undefined ? code : `${code}, ${said}`;
    return new TidewatchError(refusals[code] ?? 'OIDC_REFUSED', because(reason), { cause: error });
  }
  if (error instanceof WWWAuthenticateChallengeError)
    return new TidewatchError('OIDC_CLIENT_REFUSED', because(`status ${error.status}`), { cause: error });
  const isAway = error instanceof TypeError && error.message === 'fetch failed';
  if (isAway) return new TidewatchError('OIDC_UNREACHABLE', because(reasonOf(error)), { cause: error });
  if (!(error instanceof ClientError)) return error;
  if (notOpenId.has(error.code ?? ''))
    return new TidewatchError('OIDC_UNREACHABLE', because(error.message), { cause: error });
  if (error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED')
    return new TidewatchError('OIDC_WRONG_ISSUER', because(issuerOf(error.cause)), { cause: error });
  return new TidewatchError('OIDC_UNTRUSTED', because(reasonOf(error.cause ?? error)), { cause: error });
}

/** What an address answers with that is no provider, or is not well. */
const notOpenId = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

/** What the provider calls itself. */
function issuerOf(cause: unknown): string {
  const { body } = (cause ?? {}) as { readonly body?: { readonly issuer?: unknown } };
  return typeof body?.issuer === 'string' ? body.issuer : 'another';
}
