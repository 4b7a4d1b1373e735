/** The workflow code as the worker loads it: prebuilt beside the compiled program, bundled on the fly from source. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { WorkflowBundleOption } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const prebuilt = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
// From source this file ends in .ts, compiled in .js, and so do the workflows.
const source = fileURLToPath(new URL(`../workflows/index${import.meta.url.slice(-3)}`, import.meta.url));

/** Bundles the workflows from source (2 to 4 s). */
export async function bundleWorkflows(): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({ workflowsPath: source, logger: new DefaultLogger('WARN') });
  return { code };
}

/** The prebuilt bundle where there is one (after `npm run build`), else a fresh one. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  return existsSync(prebuilt) ? { codePath: prebuilt } : bundleWorkflows();
}
