/** `tidewatch run` and `tidewatch backfill-actuals`: start a run as its schedule would, and say what it has found. */

import type { Client, WorkflowHandle } from '@temporalio/client';

import { findMonitor } from '../../activities/monitors/store.ts';
import { pendingVerdict } from '../../core/process/search-attributes.ts';
import { installation } from '../../core/storage/settings.ts';
import { actionOf, type RunnableProcess } from '../../schedules/catalog.ts';
import { verdictKey } from '../../schedules/differences.ts';
import { canShowVerdicts, modelKey } from '../../schedules/search-attributes.ts';
import { connectTemporal, withTemporalErrors } from '../../schedules/temporal-client.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { withDatabase } from '../database.ts';
import { followRun, noWorker } from '../follow-run.ts';
import { unpushedNote } from '../unpushed-note.ts';
import { openLine } from '../progress-bar.ts';
import { lookAt, stepText } from '../../schedules/run-steps.ts';
import { outcomeOf, type RunResult } from './outcome.ts';
import { readRunRequest, type RunOptions, type RunRequest } from './request.ts';
import { whereRowsAre } from './where-rows-are.ts';
import { print, printJson, printNote, printable } from '../print.ts';

/** Starts it, or joins the same one that runs already, and follows it to its end; gives the exit code. */
export async function startRun(process: RunnableProcess, options: RunOptions): Promise<0 | 1 | 2> {
  const request = readRunRequest(process, options, Date.now());
  // A model that nobody watches is a mistake to be told at once, with the names that there are.
  await withDatabase('tidewatch-run', async (database) => {
    if (options.model !== undefined) await findMonitor(database, options.model);
  });
  const { temporal } = readConfiguration(globalThis.process.env);
  const connection = await connectTemporal(temporal);
  try {
    const { client } = connection;
    const handle = await withTemporalErrors(client, () => start(client, request, temporal.taskQueue));
    const { workflowId, input } = request;
    const runId = handle.firstExecutionRunId;
    const url = `${temporal.uiUrl}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
    const started = { workflowId, runId, url };
    if (options.detach) {
      if (options.json) printJson(started);
      else print(`started ${workflowId}\n${url}`);
      return 0;
    }
    printNote(`started ${workflowId}\n${url}`);
    const result = await follow(handle);
    const { lines, exitCode } = outcomeOf(request.workflowType, printable(result), input.model ?? '');
    if (options.json) printJson({ ...started, input, exitCode, result });
    else print(lines.join('\n'));
    const elsewhere = await withDatabase('tidewatch-run', (database) =>
      whereRowsAre(database, request, result, Date.now()),
    );
    if (elsewhere !== undefined) printNote(elsewhere);
    const note = unpushedNote(printable(result));
    if (note !== undefined) printNote(note);
    return exitCode;
  } finally {
    await connection.close();
  }
}

/** In the list of runs it looks as one of the schedule does, where the namespace has the attributes. */
async function start(
  client: Client,
  { process, workflowType, workflowId, input }: RunRequest,
  taskQueue: string,
): Promise<WorkflowHandle & { readonly firstExecutionRunId: string }> {
  const { summary, showsVerdict } = actionOf(process);
  const showsRun = await canShowVerdicts(client);
  return client.workflow.start(workflowType, {
    workflowId,
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue,
    args: [input],
    staticSummary: input.model === undefined ? summary : `${input.model}: ${summary}`,
    ...(showsRun && {
      typedSearchAttributes: [
        { key: modelKey, value: input.model ?? installation },
        ...(showsVerdict ? [{ key: verdictKey, value: pendingVerdict }] : []),
      ],
    }),
  });
}

async function follow(handle: WorkflowHandle): Promise<RunResult> {
  const line = openLine();
  let told = '';
  try {
    const run = { workflowId: handle.workflowId, result: () => handle.result(), look: () => lookAt(handle) };
    return (await followRun(run, {
      onProgress: (steps) => {
        line.update(steps.map(stepText).join(', '));
        // Whoever waits is to know for what.
        const failing = steps.find(({ failure }) => failure !== undefined);
        const words = failing === undefined ? '' : `${failing.name} is tried again: ${failing.failure}`;
        if (words !== '' && words !== told) line.say(words);
        told = words || told;
      },
      onSilence: () => line.say(noWorker),
    })) as RunResult;
  } finally {
    line.close();
  }
}
