/**
 * The workflow code as the worker loads it: prebuilt beside the compiled program, bundled on the fly from source. There are two: workers that
 * trace have OpenTelemetry in the sandbox of each workflow, others do not pay for it.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { WorkflowBundleOption } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

export type BundleKind = 'plain' | 'traced';

/** Where `npm run build` puts them. */
export function prebuiltPath(kind: BundleKind): string {
  const file = { plain: 'workflow-bundle.js', traced: 'traced-workflow-bundle.js' }[kind];
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}

// From source this file ends in .ts, compiled in .js, and so do the workflows.
const ending = import.meta.url.slice(-3);
const source = (name: string): string =>
  fileURLToPath(new URL(`../workflows/${name}${ending}`, import.meta.url));
/** Of the package; what is compiled is a folder deeper. */
const root = fileURLToPath(new URL(ending === '.js' ? '../../' : '../', import.meta.url));

/** Bundles the workflows from source (2 to 4 s): the same bytes wherever the package is. */
export async function bundleWorkflows(kind: BundleKind): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: source('index'),
    // The outermost first.
    workflowInterceptorModules: [...(kind === 'traced' ? [source('tracing')] : []), source('run-log')],
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: (config) => ({ ...config, context: root }),
  });
  return { code: fromRoot(code) };
}

const mapMark = 'sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** Files of the source map, and of the entry that is made for it, are named from the root of the package on. */
function fromRoot(code: string): string {
  const at = code.lastIndexOf(mapMark) + mapMark.length;
  const map = Buffer.from(code.slice(at), 'base64').toString('utf8').replaceAll(root, '');
  // By a hash of where everything was.
  const named = { ...(JSON.parse(map) as object), file: 'workflow-bundle.js' };
  return `${code.slice(0, at)}${Buffer.from(JSON.stringify(named)).toString('base64')}\n`;
}

/** The prebuilt bundle where there is one (after `npm run build`), else a fresh one. */
export async function workflowBundle(kind: BundleKind): Promise<WorkflowBundleOption> {
  const codePath = prebuiltPath(kind);
  return existsSync(codePath) ? { codePath } : bundleWorkflows(kind);
}
