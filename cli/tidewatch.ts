#!/usr/bin/env node
/** The `tidewatch` command. */

import { codeVersion } from '../worker/code-version.ts';
import { reportFailure } from './failures.ts';
import { tidewatchProgram } from './program.ts';
import { traced } from './traced.ts';

const program = tidewatchProgram(await codeVersion());

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
  const name = program.commands.find((command) => command.name() === process.argv[2])?.name();
  await traced(name, () => program.parseAsync());
} catch (error) {
  process.exitCode = reportFailure(error);
}
