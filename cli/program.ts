/** The program: every command, in the groups in which --help lists them. Without its actions, which are loaded when they run. */

import { Command } from 'commander';

import { addAlerts } from './commands/alerts.ts';
import { addApply } from './commands/apply.ts';
import { addBackfillActuals } from './commands/backfill-actuals.ts';
import { addBackfillSchedule } from './commands/backfill-schedule.ts';
import { addCompare } from './commands/compare.ts';
import { addCompletion } from './commands/completion.ts';
import { addConsole } from './commands/console.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addForget } from './commands/forget.ts';
import { addIngest } from './commands/ingest.ts';
import { addInit } from './commands/init.ts';
import { addMigrate } from './commands/migrate.ts';
import { addPause } from './commands/pause.ts';
import { addProfile } from './commands/profile.ts';
import { addReport } from './commands/report.ts';
import { addReprocess } from './commands/reprocess.ts';
import { addRetrain } from './commands/retrain.ts';
import { addRetrainings } from './commands/retrainings.ts';
import { addRules } from './commands/rules.ts';
import { addRun } from './commands/run.ts';
import { addStatus } from './commands/status.ts';
import { addStorage } from './commands/storage.ts';
import { addWatch } from './commands/watch.ts';
import { addWorker } from './commands/worker.ts';

const groups: Readonly<Record<string, readonly ((program: Command) => void)[]>> = {
  'Connect a model:': [addInit, addMigrate, addApply, addIngest],
  'Keep it running:': [addWorker, addConsole, addDoctor, addForget],
  'See how it stands:': [addStatus, addWatch, addAlerts, addRetrainings, addReport, addExport, addStorage],
  'Start something by hand:': [
    addRun,
    addBackfillActuals,
    addBackfillSchedule,
    addReprocess,
    addRetrain,
    addPause,
  ],
  'Try before you apply, or without a server:': [addRules, addCompare, addProfile],
  'The command itself:': [addCompletion],
};

export function tidewatchProgram(version: string): Command {
  const program = new Command('tidewatch')
    .description('Watches machine-learning models in production with durable Temporal workflows.')
    .version(version)
    .exitOverride();
  for (const [heading, commands] of Object.entries(groups)) {
    program.commandsGroup(heading);
    for (const add of commands) add(program);
  }
  // Told now, it belongs to the last group.
  return program.helpCommand(true);
}
