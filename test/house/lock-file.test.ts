import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

// A registry that lacks some of them makes `npm install` leave them out without a word, and then `npm ci` of npm 11.6 and
// later refuses the lock file.
it('names the native packages of every platform, so that `npm ci` accepts the lock file anywhere', async () => {
  const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const { packages } = JSON.parse(text) as LockFile;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});
