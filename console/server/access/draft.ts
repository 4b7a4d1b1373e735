/** A form that was sent when the session had ended: nothing is done, and what was typed waits until its sender has signed in. */

import type { Context } from 'hono';

import { dropCookie, readCookie, writeCookie, type Cookies } from './cookies.ts';
import type { Notice } from './notice.ts';

type Fields = Readonly<Record<string, string>>;

interface Draft {
  /** Of the page that the form was on, without its query. */
  readonly path: string;
  /** Absent where they are longer than a cookie may be. */
  readonly fields?: Fields;
}

const draftCookie = { name: 'tidewatch_draft', seconds: 15 * 60 };

export async function keepDraft(c: Context, cookies: Cookies, path: string, fields: Fields): Promise<void> {
  const written = await writeCookie(c, cookies, draftCookie, { path, fields } satisfies Draft);
  if (written === 'too-long') await writeCookie(c, cookies, draftCookie, { path } satisfies Draft);
}

/** What was typed into the form of this page, with what to say of it; once. */
export async function takeDraft(
  c: Context,
  cookies: Cookies,
): Promise<{ readonly fields: Fields; readonly notice: Notice } | undefined> {
  const draft = await readCookie<Draft>(c, cookies, draftCookie);
  if (draft === undefined || draft === 'void' || draft.path !== new URL(c.req.url).pathname) return undefined;
  dropDraft(c, cookies);
  const { fields } = draft;
  const text =
    fields === undefined
      ? 'Nothing was done: your session had ended. What you had typed was too long to be kept.'
      : 'Nothing was done: your session had ended. What you had typed is in the form again; look at it, and send it.';
  return { fields: fields ?? {}, notice: { level: 'refused', text } };
}

export function dropDraft(c: Context, cookies: Cookies): void {
  dropCookie(c, cookies, draftCookie);
}
