import type { Command } from 'commander';

import { scheduledProcessIds, type ScheduledProcessId } from '../../core/process/scheduled.ts';
import { choiceArgument } from '../choice-argument.ts';
import type { BackfillOptions } from '../schedules/backfill.ts';

const examples = `
Examples:
  $ tidewatch backfill-schedule drift-detection --model bike-demand --from 2011-05-01 --to 2011-06-01
  $ tidewatch backfill-schedule drift-detection performance-evaluation degradation-check --model bike-demand --from 2011-05-01 --to 2011-06-01
  $ tidewatch backfill-schedule weekly-report --model bike-demand --from 2011-01-01 --to 2012-01-01 --detach

A run speaks for its scheduled time: the one of 1 May 03:00 for the days before. Runs wait for each other (BUFFER_ALL), compute
their days in any order, and store and restate, but neither alert nor retrain. Ctrl-C only stops waiting. Late actuals need no
such runs: tidewatch backfill-actuals --from --to attaches those of any range.

Exit codes: 0; 2 for bad input, an unknown schedule or a failed run; 3 if Postgres or Temporal does not
answer.`;

/** `tidewatch backfill-schedule` */
export function addBackfillSchedule(program: Command): void {
  program
    .command('backfill-schedule')
    .description('run what was scheduled on past days, as after an outage or for history loaded today')
    .addArgument(
      choiceArgument(
        '<processes...>',
        'which ones',
        scheduledProcessIds.filter((id) => id !== 'actuals-backfill'),
      ),
    )
    .requiredOption('--model <name>', 'the model')
    .requiredOption('--from <day>', 'the first day to run, or an instant on a full hour')
    .requiredOption('--to <day>', 'the day after the last, or an instant on a full hour')
    .option('--detach', 'start it without waiting for its end')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action(async (processes: ScheduledProcessId[], options: BackfillOptions) => {
      const { backfillSchedules } = await import('../schedules/backfill.ts');
      process.exitCode = await backfillSchedules(processes, options);
    });
}
