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

All options: tidewatch retrain start --help. A start by hand needs no trigger; anything else in the policy that speaks against it
is shown before you confirm. At most one retraining of a model runs: while one does, the command says so and starts nothing.

Exit codes: 0, even if nothing is started; 2 for bad input, such as a model without a policy; 3 if Postgres or Temporal
does not answer.`;

/** `tidewatch retrain` */
export function addRetrain(program: Command): void {
  const retrain = program
    .command('retrain')
    .description('start a retraining by hand, see why none starts, or simulate policies')
    .addHelpText('after', examples);
  retrain
    .command('start', { isDefault: true })
    .description('show what will happen, then start one by hand')
    .option('--model <name>', 'the model; with --explain, all by default')
    .option('--explain', 'start nothing: show each condition of the policy and what would have to change')
    .option('--as-of <instant>', 'the instant it speaks for, such as 2011-05-20T03:40:00Z; by default now')
    .option('--reason <text>', 'why; shown in messages')
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
