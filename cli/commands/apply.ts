import type { Client } from '@temporalio/client';
import type { Command } from 'commander';

import type { Database } from '../../sql/database.ts';
import { withDatabase } from '../database.ts';
import type { Plan } from '../plan-text.ts';
import { print, printable, printJson, printNote } from '../print.ts';

interface Options {
  readonly plan?: true;
  readonly prune?: true;
  readonly paused?: true;
  readonly monitors: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidewatch apply --plan
  $ tidewatch apply --monitors /etc/tidewatch/monitors
  $ tidewatch apply --prune

A second run changes nothing. Paused schedules stay paused. It creates the search attributes that the Temporal namespace lacks
(Model, Window, Verdict); if this connection may not, the message has the command for somebody who may.

Exit codes: 0; 2 for bad input, with the file, line and column of each problem; 3 if Postgres or Temporal does not answer.`;

/** `tidewatch apply` */
export function addApply(program: Command): void {
  program
    .command('apply')
    .description('store the monitors of a directory and make the Temporal schedules match them')
    .option('--plan', 'show what would change, and change nothing')
    .option('--prune', 'stop watching models whose file is gone; their data stays')
    .option('--paused', 'create new schedules paused; unpause them in the Temporal UI')
    .option('--monitors <directory>', 'where the monitor files are', 'monitors')
    .option('--json', 'print the plan as JSON')
    .addHelpText('after', examples)
    .action(apply);
}

async function apply(options: Options): Promise<void> {
  const { readMonitorFiles } = await import('../monitor-files.ts');
  const { monitors: files, alerts } = await readMonitorFiles(options.monitors);

  const { readConfiguration } = await import('../../worker/configuration.ts');
  const { temporal, sources } = readConfiguration(process.env);
  const { listConfigurations } = await import('../../activities/monitors/store.ts');
  const { findStoredSettings } = await import('../../activities/alerts/installation-settings.ts');
  const { planMonitors } = await import('../monitor-plan.ts');
  const { withSourceWarnings } = await import('../source-warnings.ts');
  const { withFeatureWarnings } = await import('../feature-warnings.ts');
  const { planSettings } = await import('../alerts-plan.ts');
  const { watchedAfter } = await import('../alert-warnings.ts');
  const { schedulesOf, storageSchedule } = await import('../../schedules/catalog.ts');
  const { connectTemporal } = await import('../../schedules/temporal-client.ts');
  const { planSchedules } = await import('../../schedules/reconciler.ts');
  const { makeSchedules } = await import('../make-schedules.ts');
  const { planAttributes } = await import('../../schedules/make-search-attributes.ts');

  await withDatabase('tidewatch-apply', async (database) => {
    const orphans = options.prune ? 'prune' : 'keep';
    const stored = await listConfigurations(database);
    const monitors = await withFeatureWarnings(
      database,
      await withSourceWarnings(planMonitors(files, stored, orphans), sources),
    );
    const watched = watchedAfter(
      files.map(({ monitor }) => monitor),
      stored,
      orphans,
    );
    const settings = planSettings(alerts, await findStoredSettings(database), orphans, {
      watched,
      now: Date.now(),
    });
    const connection = await connectTemporal(temporal);
    try {
      const ofMonitors = files.flatMap(({ monitor }) => schedulesOf(monitor));
      const desired = files.length === 0 ? [] : [...ofMonitors, storageSchedule(temporal.taskQueue)];
      const models = options.prune ? 'all' : files.map(({ monitor }) => monitor.model);
      const missing = desired.length === 0 ? [] : await planAttributes(connection.client);
      const attributes = options.plan ? missing : await madeAttributes(connection.client, missing, options);
      const schedules = await planSchedules(connection.client, desired, {
        taskQueue: temporal.taskQueue,
        models,
        attributes: attributes.length > 0 ? 'made before' : 'as they are',
      });
      const plan = { monitors, settings, schedules, attributes };
      if (!options.json) await printPlan(plan, options);
      if (!options.plan) {
        await storePlan(database, plan);
        await makeSchedules(connection.client, plan, {
          taskQueue: temporal.taskQueue,
          created: options.paused ? 'paused' : 'running',
        });
      }
      if (options.json) printPlanJson(plan, options);
      else await printOutcome(database, plan, options);
    } finally {
      await connection.close();
    }
  });
}

/** Those that were made. Schedules do without `Window` and `Verdict` where this connection may make none: that is only said. */
async function madeAttributes(
  client: Client,
  missing: readonly string[],
  options: Options,
): Promise<readonly string[]> {
  if (missing.length === 0) return [];
  const { makeAttributes } = await import('../../schedules/make-search-attributes.ts');
  const outcome = await makeAttributes(client, missing);
  if ('reason' in outcome) {
    printNote(`warning: the list of runs will not show what each found: ${outcome.reason}`);
    return [];
  }
  if (!options.json)
    print(
      `made the search attributes ${outcome.made.join(', ')} in the namespace ${printable(client.options.namespace)}`,
    );
  return outcome.made;
}

async function storePlan(database: Database, { monitors, settings }: Plan): Promise<void> {
  const { lockUntilCommit } = await import('../../sql/database.ts');
  const { deleteMonitor, upsertMonitor } = await import('../../activities/monitors/store.ts');
  const { stopLookingAfter } = await import('../../activities/processes/watched-processes.ts');
  const { deleteInstallationSettings, upsertInstallationSettings } =
    await import('../../activities/alerts/installation-settings.ts');
  await database.transaction(async (connection) => {
    await lockUntilCommit(connection, 'apply');
    for (const change of monitors) {
      if (change.change === 'delete') {
        await deleteMonitor(connection, change.model);
        await stopLookingAfter(connection, change.model);
      } else if (change.change === 'create' || change.change === 'update') {
        await upsertMonitor(connection, change.monitor, change.hash);
      }
    }
    for (const change of settings) {
      if (change.change === 'delete') await deleteInstallationSettings(connection);
      else if (change.change === 'create' || change.change === 'update') {
        await upsertInstallationSettings(connection, change.settings, change.hash);
      }
    }
  });
}

async function printPlan(plan: Plan, options: Options): Promise<void> {
  const { planLines } = await import('../plan-text.ts');
  if (plan.monitors.length === 0) print(`${options.monitors} holds no monitor (*.yaml)`);
  // Attributes that were made have been told of already.
  const lines = options.plan ? planLines(plan, 'full') : planLines({ ...plan, attributes: [] }, 'changes');
  for (const line of lines) print(line);
}

async function printOutcome(database: Database, plan: Plan, options: Options): Promise<void> {
  const { changesAnything, doneLine } = await import('../plan-text.ts');
  const { afterApply, applyCommand } = await import('../next-step.ts');
  if (changesAnything(plan) && options.plan) {
    print(printable(`nothing changed; run \`${applyCommand(options)}\` to do this`));
    return;
  }
  print(changesAnything(plan) ? doneLine(plan) : 'nothing to change');
  print(printable(await afterApply(database, plan.monitors, options.monitors)));
}

function printPlanJson({ monitors, settings, schedules, attributes }: Plan, options: Options): void {
  const plan = {
    applied: !options.plan,
    monitors: monitors.map((change) => ({
      model: change.model,
      change: change.change,
      ...('file' in change && { file: change.file }),
      ...('diff' in change && { diff: change.diff }),
      ...('warnings' in change && { warnings: change.warnings }),
    })),
    alerts: settings.map((change) => ({
      name: change.name,
      change: change.change,
      ...('diff' in change && { diff: change.diff }),
      ...('warnings' in change && { warnings: change.warnings }),
    })),
    schedules,
    searchAttributes: attributes,
  };
  printJson(plan);
}
