/** From where somebody asks. */

import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** @param proxies how many reverse proxies stand before the console; see `clientAddress` */
export function addressOf(c: Context, proxies: number): string {
  return clientAddress(getConnInfo(c).remote.address, c.req.header('x-forwarded-for'), proxies);
}

/**
 * The address of whoever asks: of the connection, or what the outermost of so many proxies has added to `X-Forwarded-For`. What
 * stands before that anybody may have written.
 *
 * @example clientAddress('10.0.0.1', '6.6.6.6, 203.0.113.7', 1) // '203.0.113.7'
 * @example clientAddress('::ffff:203.0.113.7', '6.6.6.6', 0) // '203.0.113.7'
 */
export function clientAddress(
  connection: string | undefined,
  forwardedFor: string | undefined,
  proxies: number,
): string {
  const forwarded = (forwardedFor ?? '').split(',').map((part) => part.trim());
  const address = proxies === 0 ? connection : forwarded.at(-proxies) || connection;
  return (address ?? 'unknown').replace(/^::ffff:(?=[\d.]+$)/i, '').slice(0, 45);
}

/**
 * What one person has at least: an IPv4 address, or the 64 bits that a provider gives out as one network of IPv6.
 *
 * @example ['203.0.113.7', '2001:db8:0:1:2:3:4:5', '2001:db8::1'].map(networkOf) // ['203.0.113.7', '2001:db8:0:1', '2001:db8:0:0']
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [
    string[],
    string[],
  ];
  const omitted = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(omitted).fill('0'), ...after].slice(0, 4).join(':');
}
