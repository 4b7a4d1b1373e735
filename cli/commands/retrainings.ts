import type { Command } from 'commander';

import type { ChangeOptions } from '../retrainings/change-retraining.ts';
import type { ListOptions } from '../retrainings/print-retrainings.ts';
import type { RestoreOptions } from '../retrainings/restore-version.ts';
import { example } from './example.ts';

const examples = `
Examples:
  $ tidewatch retrainings
  $ tidewatch retrainings show bike-demand
  $ tidewatch retrainings show bike-demand 2011-04-27T03:40:00Z --json
  $ tidewatch retrainings approve bike-demand --note "the numbers are fine"
  $ tidewatch retrainings extend bike-demand --for 3d

At most one retraining of a model is under way; approve, reject, cancel and extend change that one. Once it is over, restore lets
a former version serve again.

Exit codes: 0; 2 for an unknown retraining or a change it does not allow; 3 if Postgres or Temporal does not answer.`;

/** `tidewatch retrainings` */
export function addRetrainings(program: Command): void {
  const retrainings = program
    .command('retrainings')
    .description('show and steer retrainings: how far each is, whether it helped, what it cost and gained')
    .addHelpText('after', examples);
  retrainings
    .command('list', { isDefault: true })
    .description('list the newest ones')
    .option('--model <name>', 'only of this model')
    .option('--limit <number>', 'at most this many', '20')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('retrainings', 'retrainings --model bike-demand --limit 5'))
    .action(async (options: ListOptions & { readonly json?: true }) => {
      const { printRetrainings } = await import('../retrainings/print-retrainings.ts');
      await printRetrainings(options);
    });
  retrainings
    .command('show <model> [id]')
    .description('show one with its history: by id, or the one under way, or the newest')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      example('retrainings show bike-demand', 'retrainings show bike-demand 2011-04-27T03:40:00Z --json'),
    )
    .action(async (model: string, id: string | undefined, options: { readonly json?: true }) => {
      const { printRetraining } = await import('../retrainings/print-retrainings.ts');
      await printRetraining(model, id, options);
    });
  addChange(retrainings, 'approve', 'let the waiting challenger go on');
  addChange(
    retrainings,
    'reject',
    'refuse the challenger that waits for approval, or end its shadow or canary',
  );
  addChange(retrainings, 'cancel', 'end it at any step; a promoted challenger is rolled back');
  addChange(
    retrainings,
    'extend',
    'give an approval, a shadow, a canary or a verification more time',
  ).requiredOption('--for <duration>', 'how much more, such as 3d');
  retrainings
    .command('restore <model>')
    .description('let a version serve again that served before, once no retraining is under way')
    .option('--to <version>', 'which version; by default the one that was replaced last')
    .option('--note <text>', 'your note')
    .option('--by <name>', 'who you are; by default your name on this machine')
    .option('--yes', 'do not ask')
    .option('--json', 'print what was done as JSON; needs --yes')
    .addHelpText(
      'after',
      example('retrainings restore bike-demand --to 2011-03-01 --note "worse on holidays"'),
    )
    .action(async (model: string, options: RestoreOptions) => {
      const { restoreVersion } = await import('../retrainings/restore-version.ts');
      await restoreVersion(model, options);
    });
}

const usual: Readonly<Record<ChangeOptions['change'], string>> = {
  approve: '--note "the numbers are fine"',
  reject: '--note "worse at night"',
  cancel: '--note "the trainer is being replaced"',
  extend: '--for 3d',
};

function addChange(retrainings: Command, change: ChangeOptions['change'], description: string): Command {
  return retrainings
    .command(`${change} <model>`)
    .description(description)
    .option('--note <text>', 'your note')
    .option('--by <name>', 'who you are; by default your name on this machine')
    .option('--json', 'print the changed retraining as JSON')
    .addHelpText('after', example(`retrainings ${change} bike-demand ${usual[change]}`))
    .action(async (model: string, options: Omit<ChangeOptions, 'change'>) => {
      const { changeRetraining } = await import('../retrainings/change-retraining.ts');
      await changeRetraining(model, { ...options, change });
    });
}
