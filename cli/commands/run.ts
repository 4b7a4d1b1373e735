import type { Command } from 'commander';

import { scheduledProcessIds } from '../../core/process/scheduled.ts';
import { storageMaintenanceId } from '../../core/storage/settings.ts';
import type { RunnableProcess } from '../../schedules/catalog.ts';
import { choiceArgument } from '../choice-argument.ts';
import type { RunOptions } from '../run/request.ts';

const examples = `
Examples:
  $ tidewatch run drift-detection --model bike-demand
  $ tidewatch run drift-detection --model bike-demand --from 2011-05-13 --to 2011-05-20
  $ tidewatch run degradation-check --model bike-demand --as-of 2011-05-20T03:40:00Z --act --json
  $ tidewatch run weekly-report --model bike-demand --send --detach
  $ tidewatch run storage-maintenance --plan

It does what the schedule of the process would do, waits for the end, and says where the Temporal UI shows it. Ctrl-C only stops
waiting; the same command joins a run under way. Options by process:
  actuals-backfill        --as-of, --from and --to
  drift-detection         --as-of, --from and --to, --current, --act
  hourly-drift-detection  the same, over 24 hours
  performance-evaluation  --as-of, --from and --to
  degradation-check       --as-of, --act
  weekly-report           --as-of, --from and --to, --send
  storage-maintenance     --as-of, --plan; takes no model
Other processes have their own commands: tidewatch reprocess, tidewatch retrain.

Exit codes: 0; 1 if anything drifted, data are bad, or the model has degraded; 2 for bad input, a failed run, or if nothing could be
judged; 3 if Postgres or Temporal does not answer.`;

/** `tidewatch run` */
export function addRun(program: Command): void {
  program
    .command('run')
    .description(
      'run a process now, as its schedule would: drift, performance, degradation, actuals, report, storage',
    )
    .addArgument(choiceArgument('<process>', 'which one', [...scheduledProcessIds, storageMaintenanceId]))
    .option('--model <name>', 'the model')
    .option('--as-of <instant>', 'the instant it speaks for, such as 2011-05-20T03:00:00Z; by default now')
    .option('--from <day>', 'the first day of the window, or an instant on a full hour')
    .option('--to <day>', 'the day after the last, or an instant on a full hour')
    .option('--current <duration>', 'the length of the window that ends at --as-of, such as 24h')
    .option('--act', 'alert and retrain, even for an instant in the past')
    .option('--send', 'send the report to its recipients')
    .option('--plan', 'show what would be done, and do nothing')
    .option('--detach', 'start it without waiting for its end')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action(async (process: RunnableProcess, options: RunOptions) => {
      const { startRun } = await import('../run/start-run.ts');
      globalThis.process.exitCode = await startRun(process, options);
    });
}
