#!/usr/bin/env node
/** The `tidewatch` command. */

import { Command } from 'commander';

import { codeVersion } from '../worker/code-version.ts';
import { addAlerts } from './commands/alerts.ts';
import { addApply } from './commands/apply.ts';
import { addCompletion } from './commands/completion.ts';
import { addCompare } from './commands/compare.ts';
import { addConsole } from './commands/console.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addIngest } from './commands/ingest.ts';
import { addInit } from './commands/init.ts';
import { addMigrate } from './commands/migrate.ts';
import { addProfile } from './commands/profile.ts';
import { addReport } from './commands/report.ts';
import { addReprocess } from './commands/reprocess.ts';
import { addRetrain } from './commands/retrain.ts';
import { addRetrainings } from './commands/retrainings.ts';
import { addRules } from './commands/rules.ts';
import { addStatus } from './commands/status.ts';
import { addWatch } from './commands/watch.ts';
import { addWorker } from './commands/worker.ts';
import { reportFailure } from './failures.ts';

const program = new Command('tidewatch')
  .description('Watches machine-learning models in production with durable Temporal workflows.')
  .version(await codeVersion())
  .exitOverride();

const commands = [
  addInit,
  addMigrate,
  addApply,
  addWorker,
  addConsole,
  addDoctor,
  addIngest,
  addStatus,
  addWatch,
  addAlerts,
  addRules,
  addReport,
  addReprocess,
  addRetrain,
  addRetrainings,
  addCompare,
  addProfile,
  addExport,
  addCompletion,
];
for (const add of commands) add(program);

// A single command needs no list of the environment, and starts sooner without its schema.
if (!program.commands.some((command) => command.name() === process.argv[2])) {
  const { environmentHelp } = await import('../worker/configuration.ts');
  program.addHelpText('after', `\nEnvironment:\n${environmentHelp()}`);
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
