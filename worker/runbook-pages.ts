/** The runbooks as they are written, for those who have no better place for them. */

import { readdir, readFile } from 'node:fs/promises';

import type { Answer } from './report-pages.ts';

/** Beside this folder, from source and in a build. */
const directory = new URL('../docs/runbooks/', import.meta.url);
const type = 'text/plain; charset=utf-8';

/** A runbook, or the list of them; undefined for a path that has nothing to do with runbooks. */
export async function runbookPage(path: string): Promise<Answer | undefined> {
  const [, root, name = '', ...rest] = path.split('/');
  if (root !== 'runbooks' || rest.length > 0) return undefined;
  const names = (await readdir(directory)).filter((file) => file.endsWith('.md')).toSorted();
  // Who types the name of an alert finds its page.
  const file = names.find((known) => known === name || known === `${name}.md`);
  if (file !== undefined)
    return { status: 200, type, body: await readFile(new URL(file, directory), 'utf8') };
  const list = names.map((file) => `/runbooks/${file}\n`).join('');
  return name === ''
    ? { status: 200, type, body: list }
    : { status: 404, type, body: `there is no such runbook; there are\n${list}` };
}
