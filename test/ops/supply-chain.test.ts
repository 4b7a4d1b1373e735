import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { judgeAudit } from '../../ops/supply-chain/audit.ts';
import { licenceProblems, type LicenceRules } from '../../ops/supply-chain/licences.ts';
import { readPackages } from '../../ops/supply-chain/packages.ts';
import { makeSbom, sbomProblems } from '../../ops/supply-chain/sbom.ts';

const root = new URL('../../', import.meta.url);
const packages = await readPackages(new URL('package-lock.json', root));
const rules = JSON.parse(
  await readFile(new URL('ops/supply-chain/licences.json', root), 'utf8'),
) as LicenceRules;

describe('licences', () => {
  it('are all allowed', () => {
    expect(packages.length).toBeGreaterThan(300);
    expect(licenceProblems(packages, rules)).toEqual([]);
  });

  const of = (name: string, licence?: string) => ({ name, version: '1.0.0', licence, integrity: undefined });
  it.each([
    [of('copyleft', 'AGPL-3.0-only'), 'copyleft@1.0.0 is under AGPL-3.0-only'],
    [of('both', '(MIT AND GPL-3.0-only)'), 'both@1.0.0 is under (MIT AND GPL-3.0-only)'],
    [of('silent'), 'silent@1.0.0 says no licence'],
  ])('refuses $name', (one, problem) => {
    expect(licenceProblems([one], { ...rules, said: {} })).toEqual([problem]);
  });

  it('takes one of several, and says where an exception is of nobody', () => {
    expect(licenceProblems([of('either', '(MIT OR GPL-3.0-only)')], { ...rules, said: {} })).toEqual([]);
    expect(licenceProblems([], rules)).toEqual([expect.stringContaining('unionfs is no longer installed')]);
  });
});

describe('the bill of materials', () => {
  it('has each package of the lockfile with where it comes from and its hash', async () => {
    const sbom = await makeSbom(root.pathname);
    expect(sbomProblems(sbom, packages)).toEqual([]);
    const [first, second, third, ...others] = sbom.components;
    const { purl: _, ...nowhere } = second!;
    const damaged = { ...sbom, components: [nowhere, { ...third!, hashes: [] }, ...others] };
    expect(sbomProblems(damaged, packages).sort()).toEqual(
      [
        `${first!.name}@${first!.version} is missing`,
        `${second!.name}@${second!.version} has no purl`,
        `${third!.name}@${third!.version} has no hash`,
      ].sort(),
    );
  });
});

describe('known weaknesses', () => {
  it.each([
    ['{"vulnerabilities":{}}', { answer: 'nothing known', words: 'no known weakness' }],
    ['{"vulnerabilities":{"a":{"severity":"low"}}}', { answer: 'known', words: 'a: low', severe: false }],
    [
      '{"vulnerabilities":{"a":{"severity":"low"},"b":{"severity":"critical"}}}',
      { answer: 'known', words: 'a: low, b: critical', severe: true },
    ],
    ['{"message":"405 Method Not Allowed"}', { answer: 'not asked', words: '405 Method Not Allowed' }],
    ['getaddrinfo ENOTFOUND', { answer: 'not asked', words: 'npm audit says getaddrinfo ENOTFOUND' }],
    ['', { answer: 'not asked', words: 'npm audit says nothing' }],
  ])('are judged by what npm says: %s', (text, answer) => {
    expect(judgeAudit(text)).toEqual(answer);
  });
});
