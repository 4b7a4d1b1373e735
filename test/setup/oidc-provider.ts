/** A certified OpenID provider on loopback, and somebody who signs in there without a browser. */

import { createServer } from 'node:http';

import getPort from 'get-port';
import { Provider, type Configuration } from 'oidc-provider';

/** Who can sign in there, by what they type; any password is right. */
export type People = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface OidcProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

export const client = { clientId: 'tidewatch', clientSecret: 'secret-of-the-console-at-the-provider' };

/** @param consoleUrl where the console is that is registered there */
export async function startOidcProvider(
  consoleUrl: string,
  people: People,
  { features, ...configuration }: Configuration = {},
): Promise<OidcProvider> {
  const port = await getPort({ host: '127.0.0.1' });
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [`${consoleUrl}/login/oidc/callback`],
        post_logout_redirect_uris: [`${consoleUrl}/login`],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'groups', 'email', 'email_verified', 'preferred_username'], profile: ['name'] },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, ...people[accountId] }),
    }),
    cookies: { keys: ['a key of a test'] },
    features: { ...features },
    ...configuration,
  });
  const handle = provider.callback();
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    issuer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Goes from the address that the console sends a browser to until the provider sends it back; returns where to.
 *
 * @param answer `abort`: does not want to sign in
 */
export async function goThrough(
  start: string,
  consoleUrl: string,
  login: string,
  answer: 'sign-in' | 'abort' = 'sign-in',
): Promise<string> {
  const jar = new Map<string, string>();
  let url = start;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    form = undefined;
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]!.split(/=(.*)/s);
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) {
      url = new URL(location, url).href;
      if (url.startsWith(consoleUrl)) return url;
      continue;
    }
    const page = await response.text();
    const [, prompt] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
    const [, action] = /action="([^"]+)"/.exec(page) ?? [];
    if (prompt === undefined || action === undefined)
      throw new Error(`${response.status} at ${url}: ${page}`);
    if (answer === 'abort') url = `${url}/abort`;
    else {
      url = new URL(action, url).href;
      form = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) });
    }
  }
  throw new Error(`the provider sends on and on, at last to ${url}`);
}
