/**
 * The program as it is built, whose attempts of activities end sooner: a worker that is killed costs seconds, and not the minutes
 * that an attempt may take. Nothing else differs from what ships.
 */

import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = new URL('../..', import.meta.url).pathname;

/** The paths of the command. */
export interface Programs {
  readonly first: string;
  /** The next build: its workflows have one step more, as after a change of their order. */
  readonly second: string;
}

/** Copies `dist/`, which `npm run build` makes, twice, each with a bundle of its own. */
export async function preparePrograms(directory: string): Promise<Programs> {
  const [first, second] = await Promise.all([
    prepareProgram(join(directory, 'first'), []),
    prepareProgram(join(directory, 'second'), [join(root, 'test/faults/next-build.ts')]),
  ]);
  return { first, second };
}

async function prepareProgram(directory: string, interceptors: readonly string[]): Promise<string> {
  const copy = join(directory, 'dist');
  await rm(directory, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  await cp(join(root, 'dist'), copy, { recursive: true });
  await cp(join(root, 'package.json'), join(directory, 'package.json'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: [
      join(root, 'workflows/run-log.ts'),
      join(root, 'test/faults/attempts.ts'),
      ...interceptors,
    ],
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(join(copy, 'workflow-bundle.js'), code);
  return join(copy, 'cli/tidewatch.js');
}
