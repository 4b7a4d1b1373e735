/** The variables that Tidewatch reads, for what sets them. */

import { readFile } from 'node:fs/promises';

import { withSecretFiles } from '../../worker/secret-files.ts';

const configuration = new URL('../../worker/configuration.ts', import.meta.url);
/** Of Node.js itself. */
const ofNode = ['NODE_OPTIONS'];

/** Is it read: a variable of the configuration, or the file of a secret one? */
export async function knownVariables(): Promise<(name: string) => boolean> {
  const source = await readFile(configuration, 'utf8');
  const names = new Set([
    ...ofNode,
    ...[...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!),
  ]);
  if (!names.has('DATABASE_URL')) throw new Error('worker/configuration.ts is written in another way');
  return (name) => names.has(name) || isSecretFile(name);
}

function isSecretFile(name: string): boolean {
  const read: string[] = [];
  withSecretFiles({ [name]: '/run/secrets/some' }, [], (path) => {
    read.push(path);
    return 'secret';
  });
  return read.length > 0;
}
