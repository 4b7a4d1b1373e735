/** Signed cookies that hold JSON. One that was changed, renamed, or signed before the secret was, is none. */

import type { Context } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { decodeBase64Url, encodeBase64Url } from 'hono/utils/encode';

export interface Cookies {
  readonly secret: string;
  /** Is the console reached by https? Then its cookies go no other way, and no other host of the domain can set them. */
  readonly isSecure: boolean;
}

export interface Cookie {
  readonly name: string;
  /** How long a browser keeps it. */
  readonly seconds: number;
}

/** Browsers drop a cookie above 4,096 bytes; its name and signature need the rest. */
const mostCharacters = 3_800;

/** Writes it, unless it is longer than browsers keep. */
export async function writeCookie(
  c: Context,
  cookies: Cookies,
  { name, seconds }: Cookie,
  value: unknown,
): Promise<'written' | 'too-long'> {
  const text = encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)).buffer).replaceAll('=', '');
  if (text.length > mostCharacters) return 'too-long';
  await setSignedCookie(c, name, text, secretOf(cookies, name), { ...options(cookies), maxAge: seconds });
  return 'written';
}

/** What it holds; undefined where there is none, `void` where it was not written by this console, or before the secret changed. */
export async function readCookie<T extends object>(
  c: Context,
  cookies: Cookies,
  { name }: Cookie,
): Promise<T | 'void' | undefined> {
  const text = await getSignedCookie(c, secretOf(cookies, name), name, cookies.isSecure ? 'host' : undefined);
  if (text === undefined) return undefined;
  if (text === false) return 'void';
  // It is signed: it was written above.
  return JSON.parse(new TextDecoder().decode(decodeBase64Url(text))) as T;
}

/** What it holds, once. */
export async function takeCookie<T extends object>(
  c: Context,
  cookies: Cookies,
  cookie: Cookie,
): Promise<T | undefined> {
  const value = await readCookie<T>(c, cookies, cookie);
  if (value !== undefined) dropCookie(c, cookies, cookie);
  return value === 'void' ? undefined : value;
}

export function dropCookie(c: Context, cookies: Cookies, { name }: Cookie): void {
  deleteCookie(c, name, options(cookies));
}

/** Of each cookie another one: what a person may put into one is not taken for another. */
function secretOf({ secret }: Cookies, name: string): string {
  return `${secret}\n${name}`;
}

type Options = NonNullable<Parameters<typeof deleteCookie>[2]>;

function options({ isSecure }: Cookies): Options {
  const always = { path: '/', httpOnly: true, sameSite: 'Lax', secure: isSecure } as const;
  return isSecure ? { ...always, secure: true, prefix: 'host' } : always;
}
