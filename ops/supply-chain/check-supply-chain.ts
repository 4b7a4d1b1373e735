/** `npm run supply-chain`: licences, bill of materials, known weaknesses. Ends with 1 where one is not as it should be. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { askAudit } from './audit.ts';
import { licenceProblems, type LicenceRules } from './licences.ts';
import { readPackages } from './packages.ts';
import { makeSbom, sbomProblems } from './sbom.ts';

const root = new URL('../../', import.meta.url);
const packages = await readPackages(new URL('package-lock.json', root));
const rules = JSON.parse(await readFile(new URL('licences.json', import.meta.url), 'utf8')) as LicenceRules;
const sbom = await makeSbom(root.pathname);
const audit = await askAudit(root.pathname);

const file = new URL('.tidewatch/sbom.cdx.json', root);
await mkdir(new URL('./', file), { recursive: true });
await writeFile(file, `${JSON.stringify(sbom, null, 2)}\n`);

const problems = [
  ...licenceProblems(packages, rules).map((problem) => `licence: ${problem}`),
  ...sbomProblems(sbom, packages).map((problem) => `bill of materials: ${problem}`),
  ...(audit.answer === 'known' && audit.severe ? [`known weaknesses: ${audit.words}`] : []),
];
console.log(`licences: ${packages.length} packages, ${rules.allowed.length} licences allowed`);
console.log(`bill of materials: ${sbom.components.length} components in .tidewatch/sbom.cdx.json`);
console.log(`known weaknesses: ${audit.answer}: ${audit.words}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
