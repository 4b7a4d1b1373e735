/** The runbooks as pages, for those who have no better place for them. */

import { readdir, readFile } from 'node:fs/promises';

import { renderRunbook, renderRunbookList } from '../console/runbook-page.ts';
import type { Answer } from './report-pages.ts';

/** Beside this folder, from source and in a build. */
const directory = new URL('../docs/runbooks/', import.meta.url);
const type = 'text/html; charset=utf-8';
const extension = '.md';

/** A runbook, or the list of them; undefined for a path that has nothing to do with runbooks. */
export async function runbookPage(path: string): Promise<Answer | undefined> {
  const [, root, asked = '', ...rest] = path.split('/');
  if (root !== 'runbooks' || rest.length > 0) return undefined;
  const names = (await readdir(directory))
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length))
    .toSorted();
  if (asked === '') return { status: 200, type, body: renderRunbookList(names) };
  // Who types the name of an alert finds its page.
  const name = names.find((known) => asked === known || asked === `${known}${extension}`);
  if (name === undefined) return { status: 404, type, body: renderRunbookList(names, asked) };
  const text = await readFile(new URL(`${name}${extension}`, directory), 'utf8');
  return { status: 200, type, body: renderRunbook(name, text, names) };
}
