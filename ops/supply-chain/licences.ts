/** Are all packages under a licence that this project may use and pass on? */

import type { InstalledPackage } from './packages.ts';

export interface LicenceRules {
  /** SPDX names. */
  readonly allowed: readonly string[];
  /** Of packages that do not say it where npm reads it. */
  readonly said: Readonly<Record<string, { readonly licence: string; readonly why: string }>>;
}

/** A line for each that is not: of several with `OR` one is enough, of several with `AND` all count. */
export function licenceProblems(packages: readonly InstalledPackage[], rules: LicenceRules): string[] {
  const isAllowed = (expression: string): boolean =>
    expression
      .replaceAll(/[()]/g, '')
      .split(' OR ')
      .some((choice) => choice.split(' AND ').every((name) => rules.allowed.includes(name.trim())));
  const unused = Object.keys(rules.said).filter((name) => !packages.some((one) => one.name === name));
  return [
    ...packages.flatMap(({ name, version, licence = rules.said[name]?.licence }) => {
      if (licence === undefined) return [`${name}@${version} says no licence`];
      return isAllowed(licence) ? [] : [`${name}@${version} is under ${licence}`];
    }),
    ...unused.map((name) => `${name} is no longer installed, and still in the list`),
  ];
}
