/** The variables that Tidewatch reads, for what sets them. */

import { environmentVariables } from '../../worker/configuration.ts';
import { withSecretFiles } from '../../worker/secret-files.ts';

/** Of Node.js itself. */
const ofNode = ['NODE_OPTIONS'];

/** Is it read: a variable of the configuration, or the file of a secret one? */
export function knownVariables(): (name: string) => boolean {
  const names = new Set([...ofNode, ...environmentVariables().map(({ name }) => name)]);
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
