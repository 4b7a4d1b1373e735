/** Does somebody answer at an address? Asked so that nothing is told to anybody: by connecting, or by what a server says of its health. */

import { connect } from 'node:net';

import { connectionReason, withoutCredentials } from '../../activities/alerts/post.ts';

export interface Address {
  /** Who named it: a variable of the environment, or a setting of a monitor. */
  readonly name: string;
  /** Its path may be secret, and is shown nowhere. */
  readonly url: string;
  /** The path of a page that answers with 2xx where the server is well; without one, a connection is enough. */
  readonly health?: string;
}

export interface Reached {
  readonly name: string;
  /** `host:port` */
  readonly at: string;
  /** Why it is of no use; undefined where it answers. */
  readonly problem?: string;
}

/** Less than a check may take, so that one silent address hides no other. */
const limitMs = 5_000;

const ports: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'smtp:': 587, 'smtps:': 465 };

/** Never rejects. */
export async function reach({ name, url, health }: Address): Promise<Reached> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const at = `${hostname}:${port || ports[protocol]}`;
  try {
    if (health === undefined) await connected(host, Number(port || ports[protocol]));
    else await healthy(url, health);
    return { name, at };
  } catch (error) {
    return { name, at, problem: connectionReason(error, limitMs) };
  }
}

async function healthy(url: string, path: string): Promise<void> {
  const { address, authorization } = withoutCredentials(url);
  const page = new URL(address);
  page.pathname = `${page.pathname.replace(/\/$/, '')}${path}`;
  const answer = await fetch(page, {
    headers: authorization,
    // The page of a sign-in is no health.
    redirect: 'manual',
    signal: AbortSignal.timeout(limitMs),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`answers ${answer.status} to GET ${path}`);
}

function connected(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: limitMs });
    const end = (act: () => void): void => {
      socket.destroy();
      act();
    };
    socket.once('connect', () => end(resolve));
    socket.once('timeout', () => end(() => reject(new Error(`no answer in ${limitMs / 1000} s`))));
    socket.once('error', (error) => end(() => reject(error)));
  });
}
