/** The bill of materials of what is installed, CycloneDX as npm writes it. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { InstalledPackage } from './packages.ts';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly hashes?: readonly unknown[];
}

export interface Sbom {
  readonly bomFormat: string;
  readonly components: readonly Component[];
}

/** Of the lockfile in a folder: the packages of other platforms are in it as well. */
export async function makeSbom(folder: string): Promise<Sbom> {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as Sbom;
}

/** A line for each package that it lacks, or that cannot be found or verified by what it says. */
export function sbomProblems(
  { bomFormat, components }: Sbom,
  packages: readonly InstalledPackage[],
): string[] {
  if (bomFormat !== 'CycloneDX') return [`its format is ${bomFormat}`];
  const byName = new Map(
    components.map((component) => [`${component.name}@${component.version}`, component]),
  );
  return packages.flatMap(({ name, version, integrity }) => {
    const component = byName.get(`${name}@${version}`);
    if (component === undefined) return [`${name}@${version} is missing`];
    if (component.purl === undefined) return [`${name}@${version} has no purl`];
    if (integrity !== undefined && (component.hashes ?? []).length === 0)
      return [`${name}@${version} has no hash`];
    return [];
  });
}
