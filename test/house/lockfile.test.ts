import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

interface Package {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const lockfile = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Package>>;
};
const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

describe('the lockfile', () => {
  it('holds the binaries of every platform, without which `npm ci` refuses it', () => {
    const names = Object.keys(lockfile.packages);
    const missing = Object.values(lockfile.packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !names.some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(Object.values(lockfile.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });
});

describe('the dependencies', () => {
  it('are pinned exactly', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
