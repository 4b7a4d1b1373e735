/** Tokens: whoever has one has its role. */

import { timingSafeEqual } from 'hono/utils/buffer';

import type { Access, Role } from './roles.ts';

/** The role that a token gives; the time it takes says nothing of how much of one is right. */
export async function roleOfToken(tokens: Access['tokens'], given: string): Promise<Role | undefined> {
  let found: Role | undefined;
  for (const role of ['viewer', 'operator'] as const) {
    const token = tokens[role];
    if (token !== undefined && (await timingSafeEqual(token, given))) found = role;
  }
  return found;
}
