/** What package-lock.json says of what is installed. */

import { readFile } from 'node:fs/promises';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string | undefined;
  /** Of the content, as npm verifies it. */
  readonly integrity: string | undefined;
}

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly license?: string; readonly integrity?: string }>
  >;
}

/** Each name and version once, in the order of the file. */
export async function readPackages(lockfile: string | URL): Promise<InstalledPackage[]> {
  const { packages } = JSON.parse(await readFile(lockfile, 'utf8')) as Lockfile;
  const found = Object.entries(packages).flatMap(([path, { version = '', license, integrity }]) => {
    const name = path.split('node_modules/').at(-1)!;
    return name === ''
      ? []
      : ([[`${name}@${version}`, { name, version, licence: license, integrity }]] as const);
  });
  return [...new Map(found).values()];
}
