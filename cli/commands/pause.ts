import type { Command } from 'commander';

import type { SwitchOptions } from '../schedules/switch-model.ts';

const notes = `
Only schedules change: runs under way go on, and runs started by hand still run. An apply keeps a pause. Runs missed meanwhile are
not caught up on by themselves: see tidewatch backfill-schedule. Each change is noted in audit_events. The model _installation stands
for the nightly storage maintenance.

Exit codes: 0, even if nothing changed; 2 for a model that no monitor watches, or without schedules; 3 if Postgres or
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
    .description('resume the schedules of a model')
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
    .option('--json', 'print the changed schedules as JSON')
    .action(async (model: string, options: SwitchOptions) => {
      const { switchModel } = await import('../schedules/switch-model.ts');
      await switchModel(model, to, options);
    });
}
