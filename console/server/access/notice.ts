/** What an action has done or why not, for the page that is shown after it. */

import type { Context } from 'hono';

import { takeCookie, writeCookie, type Cookies } from './cookies.ts';

export interface Notice {
  readonly level: 'done' | 'refused';
  readonly text: string;
}

const noticeCookie = { name: 'tidewatch_notice', seconds: 60 };

export async function leaveNotice(c: Context, cookies: Cookies, { level, text }: Notice): Promise<void> {
  await writeCookie(c, cookies, noticeCookie, { level, text: text.slice(0, 500) });
}

/** What was left for this page; it is shown once. */
export function takeNotice(c: Context, cookies: Cookies): Promise<Notice | undefined> {
  return takeCookie(c, cookies, noticeCookie);
}
