/** One text for one configuration, whatever order its keys were written or stored in. */

import { createHash } from 'node:crypto';

/**
 * JSON with sorted keys and without spaces; keys that are undefined are left out, as in JSON.stringify.
 *
 * @example canonicalJson({ b: 1, a: [{ d: 1, c: undefined }] }) // '{"a":[{"d":1}],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/**
 * Which configuration does a result come from? The SHA-256 of the canonical JSON of a monitor, 64 hexadecimal digits: the
 * same for the same meaning, in whatever order and with whatever comments it was written.
 */
export function configurationHash(configuration: object): string {
  return createHash('sha256').update(canonicalJson(configuration)).digest('hex');
}
