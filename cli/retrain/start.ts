import { findMonitor } from '../../activities/monitors/store.ts';
import { policyOf } from '../../activities/retraining/retraining-run.ts';
import { retrainingWords } from '../../core/process/run-words.ts';
import { stateText } from '../../core/retraining/retraining-words.ts';
import { formatInstant } from '../../core/window.ts';
import { findShownRetraining } from '../../sql/read-retrainings.ts';
import { startShown } from '../../schedules/search-attributes.ts';
import { connectTemporal, withTemporalErrors } from '../../schedules/temporal-client.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import type { retraining } from '../../workflows/retraining.ts';
import { isConfirmed } from '../confirm.ts';
import { withDatabase } from '../database.ts';
import { screen } from '../paint.ts';
import { userName } from '../../worker/user-name.ts';
import { outlookJson } from './explain.ts';
import { onlyModel } from './only-model.ts';
import type { RetrainOptions } from './options.ts';
import { readAsOf } from './options.ts';
import { startText } from './outlook-text.ts';
import type { Outlook } from './read-outlook.ts';
import { readOutlook } from './read-outlook.ts';
import { print, printJson, printable } from '../print.ts';

/**
 * `tidewatch retrain`: starts one by hand, after a person has seen what will happen and said yes. Where one is under way, that
 * is said and nothing is started; the same `--as-of` is the same retraining.
 */
export async function startRetraining(options: RetrainOptions): Promise<void> {
  const asOf = readAsOf(options.asOf, Date.now());
  const { outlook, ended } = await withDatabase('tidewatch-retrain', async (database) => {
    const { monitor } = await findMonitor(database, options.model ?? (await onlyModel(database)));
    policyOf(monitor);
    return database.snapshot(async (connection) => ({
      outlook: await readOutlook(connection, monitor, asOf, 'hand'),
      ended: await findShownRetraining(connection, monitor.model, formatInstant(asOf)),
    }));
  });
  const running = outlook.decision.checks?.find(({ name, holds }) => name === 'single-flight' && !holds);
  const over =
    ended && `the one as of ${formatInstant(asOf)} is over: ${stateText(ended)}; give another --as-of`;
  const obstacle = running?.reason ?? over ?? nothingToTrainOn(outlook);
  if (obstacle !== undefined) printResult(outlook, { started: false, reason: obstacle }, options);
  else if (!(await isWanted(outlook, options)))
    printResult(outlook, { started: false, reason: 'not confirmed' }, options);
  else {
    const workflowId = await start(outlook, options.reason ?? `started by hand by ${userName()}`);
    printResult(outlook, { started: true, workflowId }, options);
  }
}

/** Not a matter of wanting: whoever says yes beforehand has not seen it. */
function nothingToTrainOn({ asOf, checked, specification }: Outlook): string | undefined {
  if (specification?.rows !== 0) return undefined;
  const instant = checked === undefined ? '<instant>' : formatInstant(checked);
  return `as of ${formatInstant(asOf)} there are no outcomes to train on; for another time, write --as-of ${instant}`;
}

async function isWanted(outlook: Outlook, { yes, json }: RetrainOptions): Promise<boolean> {
  if (!json) print(startText(printable(outlook), screen()));
  return isConfirmed('Start it?', { yes, json, instead: '--explain shows what would happen' });
}

async function start({ model, asOf }: Outlook, reason: string): Promise<string> {
  const workflowId = `retraining:${model}:${formatInstant(asOf)}`;
  const { temporal } = readConfiguration(process.env);
  const connection = await connectTemporal(temporal);
  const { client } = connection;
  try {
    await withTemporalErrors(client, () =>
      startShown({ model }, (typedSearchAttributes) =>
        client.workflow.start<typeof retraining>('retraining', {
          workflowId,
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue: temporal.taskQueue,
          args: [{ model, asOf: formatInstant(asOf), reason }],
          ...retrainingWords({ model, reason }),
          typedSearchAttributes,
        }),
      ),
    );
    return workflowId;
  } finally {
    await connection.close();
  }
}

type Result =
  | { readonly started: false; readonly reason: string }
  | { readonly started: true; readonly workflowId: string };

function printResult(outlook: Outlook, result: Result, { json }: RetrainOptions): void {
  if (json) printJson({ ...outlookJson(outlook), ...result });
  else if (result.started) {
    print(`started ${result.workflowId}; \`tidewatch retrainings\` and the Temporal UI show how far it is`);
  } else print(`nothing was started: ${result.reason}`);
}
