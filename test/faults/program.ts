/**
 * The program as it is built, whose attempts of activities end sooner: a worker that is killed costs seconds, and not the minutes
 * that an attempt may take. Nothing else differs from what ships.
 */

import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = new URL('../..', import.meta.url).pathname;

/** Copies `dist/`, which `npm run build` makes, and gives the path of the command in the copy. */
export async function prepareProgram(directory: string): Promise<string> {
  const copy = join(directory, 'program', 'dist');
  await rm(join(directory, 'program'), { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  await cp(join(root, 'dist'), copy, { recursive: true });
  await cp(join(root, 'package.json'), join(directory, 'program', 'package.json'));
  await symlink(join(root, 'node_modules'), join(directory, 'program', 'node_modules'));
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: [join(root, 'workflows/run-log.ts'), join(root, 'test/faults/attempts.ts')],
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(join(copy, 'workflow-bundle.js'), code);
  return join(copy, 'cli/tidewatch.js');
}
