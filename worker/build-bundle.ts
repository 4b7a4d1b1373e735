/** Bundles the workflows: into dist/ for production, or with --check only to see that they can be bundled. */

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { bundleWorkflows } from './workflow-bundle.ts';

const { code } = await bundleWorkflows();
if (process.argv.includes('--check')) {
  process.stdout.write(`workflow bundle: ${Math.round(code.length / 1024)} kB\n`);
} else {
  await writeFile(fileURLToPath(new URL('../workflow-bundle.js', import.meta.url)), code);
}
