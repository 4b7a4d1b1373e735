#!/usr/bin/env node
/** The `tidewatch` command. */

import { Command } from 'commander';

import { environmentHelp } from '../worker/configuration.ts';
import { addApply } from './commands/apply.ts';
import { addCompare } from './commands/compare.ts';
import { addInit } from './commands/init.ts';
import { addMigrate } from './commands/migrate.ts';
import { addProfile } from './commands/profile.ts';
import { addWorker } from './commands/worker.ts';
import { reportFailure } from './failures.ts';

const program = new Command('tidewatch')
  .description('Watches machine-learning models in production with durable Temporal workflows.')
  .addHelpText('after', () => `\nEnvironment:\n${environmentHelp()}`)
  .exitOverride();

for (const add of [addInit, addMigrate, addApply, addWorker, addCompare, addProfile]) add(program);

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
