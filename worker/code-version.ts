/** Which code computed a number: the package version, and the git revision where the build wrote one down. */

import { readFile } from 'node:fs/promises';

/** @example await codeVersion() // '0.1.0+248c243' */
export async function codeVersion(): Promise<string> {
  const { version } = JSON.parse(await readUp('package.json')) as { version: string };
  const revision = process.env['TIDEWATCH_REVISION'] ?? '';
  return revision === '' ? version : `${version}+${revision.slice(0, 12)}`;
}

/** The file beside the sources, one folder up from here, or beside dist/, two up. */
async function readUp(name: string): Promise<string> {
  return readFile(new URL(`../${name}`, import.meta.url), 'utf8').catch(() =>
    readFile(new URL(`../../${name}`, import.meta.url), 'utf8'),
  );
}
