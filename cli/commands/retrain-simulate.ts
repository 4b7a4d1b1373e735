import type { Command } from 'commander';

import { nameList } from '../name-list.ts';
import type { SimulateOptions } from '../retrain/simulate/options.ts';

const details = `
Policies, by default all of them:
  never           the first version serves to the end
  weekly, four-weekly
                  by calendar alone; every challenger is promoted
  on-degradation  at each verdict that the monitor names as a trigger, at most once a week; every challenger is promoted
  on-drift-only   when the dataset has drifted, at most once a week; every challenger is promoted
  ours            as the monitor's own \`retraining\` section says, gates included

Every training is a real one, by the monitor's trainer, with \`"purpose": "simulation"\`: docs/trainers.md says what it sees.
Its predictions are stored only until they are read. Champion, aliases, alerts, gauges and retrainings under way are not
touched. Ctrl-C tells the trainer to stop and deletes what it has stored; the next simulation deletes what a killed one left.

Examples:
  $ tidewatch retrain simulate --model bike-demand --plan
  $ tidewatch retrain simulate --model bike-demand
  $ tidewatch retrain simulate --model bike-demand --from 2011-04-01 --policies never,four-weekly,ours --yes --json

Exit codes: 0; 2 for bad input, a history that is too short, or a trainer that fails; 3 if Postgres, Temporal or the trainer
does not answer; 130 if it was stopped.`;

/** `tidewatch retrain simulate` */
export function addRetrainSimulate(retrain: Command): void {
  retrain
    .command('simulate')
    .description('replay other policies over the stored history: error against number of trainings')
    .option('--model <name>', 'the model; optional if only one has a retraining policy')
    .option('--from <day>', 'the first day to replay; by default the first with outcomes')
    .option('--to <day>', 'the day after the last; by default the last with outcomes')
    .option('--policies <names>', 'only these of the policies below, comma-separated', nameList)
    .option('--plan', 'train nothing: show how many trainings it would take at most, and their assumed cost')
    .option('--yes', 'do not ask before the first training')
    .option('--keep', 'keep the predictions until the next simulation, to look at them')
    .option('--json', 'print everything as JSON, with each start and its result; simulates only with --yes')
    .addHelpText('after', details)
    .action(async (options: SimulateOptions) => {
      const { simulateRetraining } = await import('../retrain/simulate/simulate.ts');
      await simulateRetraining(options);
    });
}
