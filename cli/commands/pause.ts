import type { Command } from 'commander';

import type { SwitchOptions } from '../schedules/switch-model.ts';

const notes = `
_installation in the place of a model is the nightly storage maintenance. It is about the schedules: what runs already goes on, and what is started by hand runs. An apply keeps a pause. Runs that would
have been due meanwhile are not made up by themselves: see tidewatch backfill-schedule. Each is noted in audit_events.

Exit codes: 0, also where it was so already; 2 for a model that nothing watches, or without schedules; 3 where Postgres or
Temporal does not answer.`;

/** `tidewatch pause` and `tidewatch resume` */
export function addPause(program: Command): void {
  addSwitch(program, 'pause', 'paused')
    .description('pause the schedules of a model')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidewatch pause bike-demand --note "the sensors are being replaced"',
    )
    .addHelpText('after', notes);
  addSwitch(program, 'resume', 'running')
    .description('let the schedules of a model run again')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidewatch resume bike-demand --note "the new sensors are in place"',
    )
    .addHelpText('after', notes);
}

function addSwitch(program: Command, name: string, to: 'paused' | 'running'): Command {
  return program
    .command(`${name} <model>`)
    .option('--note <text>', 'why; the Temporal UI and tidewatch doctor show it')
    .option('--by <name>', 'who you are; by default your name on this machine')
    .option('--json', 'print which schedules were changed as JSON')
    .action(async (model: string, options: SwitchOptions) => {
      const { switchModel } = await import('../schedules/switch-model.ts');
      await switchModel(model, to, options);
    });
}
