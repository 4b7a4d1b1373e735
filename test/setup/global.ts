/** Starts every real server once for all tests, and prepares the database that each test copies. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { startStack } from '../../demo/stack/stack.ts';
import { openDatabase } from '../../sql/database.ts';
import { migrate } from '../../sql/migrator.ts';
import { grantRoles } from '../../sql/roles.ts';
import { bundleWorkflows } from '../../worker/workflow-bundle.ts';

const templateDatabase = 'tidewatch_template';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'tidewatch-test-'));
  const bundling = bundleWorkflows('plain');
  const stack = await startStack({
    stateDirectory,
    persistent: false,
    binDirectory: '.tidewatch/bin',
    slack: false,
    smtp: false,
    onProgress: (text) => console.log(text),
  });
  const postgresAdminUrl = stack.postgres.url('postgres');
  const admin = openDatabase({ url: postgresAdminUrl, poolSize: 1 });
  await admin.execute(`create database ${templateDatabase}`);
  await admin.close();
  const template = openDatabase({ url: stack.postgres.url(templateDatabase), poolSize: 1 });
  await migrate(template);
  await grantRoles(template);
  // A template with an open connection cannot be copied.
  await template.close();
  project.provide('servers', {
    postgresAdminUrl,
    templateDatabase,
    temporalAddress: stack.temporal.address,
    temporalUiUrl: stack.temporal.uiUrl,
    temporalMetricsTarget: stack.temporal.metricsTarget,
    pushgatewayUrl: stack.pushgateway.url,
  });
  const workflowBundlePath = join(stateDirectory, 'workflow-bundle.js');
  await writeFile(workflowBundlePath, (await bundling).code);
  project.provide('workflowBundlePath', workflowBundlePath);
  return async () => {
    await stack.stop();
    await rm(stateDirectory, { recursive: true, force: true });
  };
}
