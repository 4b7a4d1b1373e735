import type { WorkflowHandle } from '@temporalio/client';

import { findMonitor } from '../../activities/monitors/store.ts';
import { reprocessingWords } from '../../core/process/run-words.ts';
import { parseWindow } from '../../core/window.ts';
import { startShown } from '../../schedules/search-attributes.ts';
import { connectTemporal, withTemporalErrors } from '../../schedules/temporal-client.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import type { reprocessing, ReprocessingProgress } from '../../workflows/reprocessing.ts';
import { withDatabase } from '../database.ts';
import { noPredictionsNote } from '../no-predictions.ts';
import { followRun, noWorker } from '../follow-run.ts';
import { openBar } from '../progress-bar.ts';
import type { ReprocessOptions, ReprocessRequest } from './request.ts';
import { readRequest } from './request.ts';
import { resultLine } from './result-text.ts';
import { print, printable, printJson, printNote } from '../print.ts';
import { unpushedNote } from '../unpushed-note.ts';

type Result = Awaited<ReturnType<typeof reprocessing>>;

/** Starts a reprocessing, or joins the one of the same range that runs already, and follows it to its end. */
export async function runReprocess(options: ReprocessOptions): Promise<void> {
  const request = readRequest(options);
  // A model that nobody watches is a mistake to be told at once, with the names that there are.
  const note = await withDatabase('tidewatch-reprocess', async (database) => {
    await findMonitor(database, options.model);
    return noPredictionsNote(database, options.model, parseWindow(request.input.window));
  });
  if (note !== undefined) printNote(note);
  const { temporal } = readConfiguration(process.env);
  const connection = await connectTemporal(temporal);
  const { client } = connection;
  try {
    const handle = await withTemporalErrors(client, () =>
      startShown(request.input, (typedSearchAttributes) =>
        client.workflow.start<typeof reprocessing>('reprocessing', {
          workflowId: request.workflowId,
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue: temporal.taskQueue,
          args: [request.input],
          ...reprocessingWords(request.input),
          typedSearchAttributes,
        }),
      ),
    );
    if (options.detach) printStarted(request, options);
    else printResult(request, await follow(handle), options);
  } finally {
    await connection.close();
  }
}

async function follow(handle: WorkflowHandle<typeof reprocessing>): Promise<Result> {
  const bar = await openBar('steps');
  try {
    const run = {
      workflowId: handle.workflowId,
      result: () => handle.result(),
      look: () => handle.query<ReprocessingProgress>('progress'),
    };
    return await followRun(run, {
      onProgress: ({ done, total }) => bar.update(done, total),
      onSilence: () => printNote(noWorker),
    });
  } finally {
    bar.close();
  }
}

function printStarted({ workflowId }: ReprocessRequest, { json }: ReprocessOptions): void {
  if (json) printJson({ workflowId });
  else print(`started ${workflowId}; the Temporal UI shows it, its query "progress" how far it is`);
}

function printResult(
  { workflowId, input }: ReprocessRequest,
  result: Result,
  { json }: ReprocessOptions,
): void {
  if (json) printJson({ workflowId, ...input, ...result });
  else print(resultLine(input.model, input.window, result));
  const note = unpushedNote(printable(result));
  if (note !== undefined) printNote(note);
}
