import type { Command } from 'commander';

import type { RetrainOptions } from '../retrain/options.ts';
import { example } from './example.ts';
import { addRetrainManifest } from './retrain-manifest.ts';
import { addRetrainSimulate } from './retrain-simulate.ts';

const examples = `
Examples:
  $ tidewatch retrain --explain
  $ tidewatch retrain --explain --model bike-demand --as-of 2011-05-20T03:40:00Z
  $ tidewatch retrain --model bike-demand --reason "a new bike lane opened"

All options: tidewatch retrain start --help. A start by hand needs no trigger; what else the policy says against it is shown
before you confirm. At most one retraining of a model runs: asked again while one does, the command says so and starts nothing.

Exit codes: 0, also where nothing is started; 2 for bad input, such as a model without a policy; 3 where Postgres or Temporal
does not answer.`;

/** `tidewatch retrain` */
export function addRetrain(program: Command): void {
  const retrain = program
    .command('retrain')
    .description('retrainings: start one by hand, see why none starts, or simulate policies')
    .addHelpText('after', examples);
  retrain
    .command('start', { isDefault: true })
    .description('start one by hand, after you have seen what will happen')
    .option('--model <name>', 'whose; with --explain by default of all')
    .option('--explain', 'start nothing: each condition of the policy, and what would have to change')
    .option(
      '--as-of <instant>',
      'the instant that it speaks for, such as 2011-05-20T03:40:00Z; by default now',
    )
    .option('--reason <text>', 'why; people read it in messages')
    .option('--yes', 'do not ask')
    .option('--json', 'print it as JSON; starts only with --yes')
    .addHelpText(
      'after',
      example('retrain --explain', 'retrain --model bike-demand --reason "a new bike lane opened"'),
    )
    .action(async (options: RetrainOptions) => {
      if (options.explain) {
        const { explainRetraining } = await import('../retrain/explain.ts');
        await explainRetraining(options);
      } else {
        const { startRetraining } = await import('../retrain/start.ts');
        await startRetraining(options);
      }
    });
  addRetrainSimulate(retrain);
  addRetrainManifest(retrain);
}
