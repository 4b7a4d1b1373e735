/** Which build a worker is of, for Temporal's Worker Deployments. docs/upgrade-workflows.md tells how a release is rolled out by them. */

import type { WorkerDeploymentOptions } from '@temporalio/worker';

import { deploymentName } from '../core/process/deployment-name.ts';

export const versioningModes = ['off', 'pinned'] as const;
export type Versioning = (typeof versioningModes)[number];

/**
 * `off`: any worker takes any task, and Temporal only shows its build. `pinned`: a run stays with the build on which it began, and
 * new ones begin on the build that Temporal was told is the current one.
 *
 * @param codeVersion the version of the package with the git revision, `0.1.0+248c243`
 */
export function deploymentOptions(versioning: Versioning, codeVersion: string): WorkerDeploymentOptions {
  const version = { deploymentName: deploymentName[versioning], buildId: codeVersion };
  return versioning === 'off'
    ? { version, useWorkerVersioning: false }
    : { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' };
}
