/** Bundles the workflows: into dist/ for production, or with --check only to see that they can be bundled. */

import { writeFile } from 'node:fs/promises';

import { bundleWorkflows, prebuiltPath } from './workflow-bundle.ts';

for (const kind of ['plain', 'traced'] as const) {
  const { code } = await bundleWorkflows(kind);
  if (process.argv.includes('--check')) {
    process.stdout.write(`${kind} workflow bundle: ${Math.round(code.length / 1024)} kB\n`);
  } else {
    await writeFile(prebuiltPath(kind), code);
  }
}
