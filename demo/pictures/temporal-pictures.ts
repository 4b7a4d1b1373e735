/** The pictures of the Temporal UI: what runs, how to start a run, what it answers, how to make up past days. */

import type { Locator } from 'playwright-core';

import { openClient } from '../../client/tidewatch-client.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { dayMs, formatInstant, parseInstant } from '../../core/window.ts';
import { findScenario } from '../scenarios.ts';
import { until } from '../stack/until.ts';
import type { Studio } from './studio.ts';
import { expectTexts, takePicture, viewport } from './studio.ts';
import { fillBackfill, fillStartForm, sendStartForm, startForm } from './temporal-ui.ts';

const model = 'bike-demand';

/** Of the demo's schedules, UTC. */
const scheduledTimes = {
  'actuals-backfill': '02:05:00',
  'drift-detection': '03:00:00',
  'performance-evaluation': '03:20:00',
  'degradation-check': '03:40:00',
} as const;

/** Rows of the picture of the list: a day's runs and some of the day before. */
const shownRuns = 12;

/** The list of runs up to the end of the day on which the model was retrained: every type of run is among the newest. */
export async function pictureRuns(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  const [retraining] = await demo.database.query<{ as_of: number }>(
    'select as_of from retraining_runs where model = $1 order by as_of limit 1',
    [model],
  );
  if (retraining === undefined) throw new Error(`the demo has not retrained ${model}`);
  const nextDay = formatInstant(retraining.as_of + dayMs).slice(0, 10);
  const starts = await Promise.all(
    Object.entries(scheduledTimes).map(async ([process, time]) => {
      const handle = demo.temporal.workflow.getHandle(`${process}:${model}-${nextDay}T${time}Z`);
      return (await handle.describe()).startTime.toISOString();
    }),
  );
  const query = `StartTime < "${starts.sort()[0]}"`;
  await page.goto(
    `${demo.stack.temporal.uiUrl}/namespaces/default/workflows?query=${encodeURIComponent(query)}`,
  );
  // Gives the table the room that it needs.
  await page.getByRole('button', { name: 'Collapse saved views' }).click();
  // Until they are loaded, the table has grey rows.
  const rows = page.locator('tbody tr').filter({ hasText: model });
  await rows.nth(shownRuns - 1).waitFor();
  const shown = (await rows.allInnerTexts()).slice(0, shownRuns).join('\n');
  for (const process of [...Object.keys(scheduledTimes), 'retraining', 'alert-lifecycle']) {
    if (!shown.includes(`${process}:`)) {
      throw new Error(`the newest runs should have one of ${process}, but are:\n${shown}`);
    }
  }
  await takePicture(studio, 'temporal-runs.png', [
    page.getByRole('heading', { name: /Workflows/ }),
    page.getByText('Start Workflow', { exact: true }).first(),
    rows.nth(0),
    rows.nth(shownRuns - 1),
  ]);
}

/** Starts `driftDetection` by the form, as the README says, and shows what it answers. */
export async function pictureStartAndResult(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  await fillStartForm(page, demo.stack.temporal.uiUrl, {
    workflowId: 'drift-by-hand',
    workflowType: 'driftDetection',
    input: { model, asOf: '2011-05-03T03:00:00Z' },
  });
  await takePicture(studio, 'temporal-start.png', [
    page.getByRole('link', { name: 'Back to Workflows' }),
    startForm(page),
  ]);
  const result = await sendAndWait<{ verdict: string; driftedFeatures: readonly string[] }>(
    studio,
    'drift-by-hand',
  );
  await expectTexts("driftDetection's page", inputAndResult(studio), [
    '"verdict": "warning"',
    '"driftedFeatures": [',
    ...result.driftedFeatures.map((feature) => `"${feature}"`),
    '"temp"',
    '"reason": "',
  ]);
  await takePicture(studio, 'temporal-result.png', [
    ...headOfRun(studio),
    inputAndResult(studio),
    page.locator('#event-history-timeline-graph'),
  ]);
}

/** Starts `actualsBackfill` for a week whose last counts arrive only now, and shows what it answers. */
export async function pictureActuals(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  const input = { model, window: { start: '2011-05-01T00:00:00Z', end: '2011-05-08T00:00:00Z' } };
  const late = await recordMissingActuals(studio, input.window);
  await fillStartForm(page, demo.stack.temporal.uiUrl, {
    workflowId: 'actuals-by-hand',
    workflowType: 'actualsBackfill',
    input,
  });
  await sendAndWait(studio, 'actuals-by-hand');
  await expectTexts("actualsBackfill's page", inputAndResult(studio), [
    '"hours": 168',
    // The champion's prediction of each hour, and those of the versions in its shadow.
    /"attached": (?!0,)\d+/,
    '"outcomes": 168',
    '"coverage": 1,',
  ]);
  if (late === 0) throw new Error('every actual of the week had arrived before: there is nothing to attach');
  await takePicture(studio, 'temporal-actuals.png', [...headOfRun(studio), inputAndResult(studio)]);
}

/** Sends a window whose end is before its start, and shows how the run fails. */
export async function pictureBadInput(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  const window = { start: '2011-05-03T00:00:00Z', end: '2011-05-01T00:00:00Z' };
  await fillStartForm(page, demo.stack.temporal.uiUrl, {
    workflowId: 'drift-of-a-reversed-window',
    workflowType: 'driftDetection',
    input: { model, window },
  });
  await sendStartForm(page);
  const failure = await demo.temporal.workflow
    .getHandle('drift-of-a-reversed-window')
    .result()
    .then(() => undefined, reasonOf);
  if (failure === undefined) throw new Error('a reversed window should fail a run, but did not');
  await page.reload();
  await expectTexts('the page of a run that failed', page.locator('body'), ['Failed']);
  await expectTexts('the failure', inputAndResult(studio), [
    'driftDetection: the input is not valid.',
    new TidewatchError('REVERSED_WINDOW', window).message,
    'Write for example {\\"model\\":\\"bike-demand\\"',
  ]);
  // Paths of this machine, below the message, are nothing for a picture.
  const trace = inputAndResult(studio)
    .locator('.cm-line')
    .filter({ hasText: /stackTrace|source/ });
  const bottom = (await trace.count()) > 0 ? trace.first() : inputAndResult(studio);
  await takePicture(studio, 'temporal-bad-input.png', [
    ...headOfRun(studio),
    inputAndResult(studio).getByRole('heading').first(),
    bottom,
  ]);
}

/** Backfills three past days of a schedule by its dialog; nobody is told a second time. */
export async function pictureScheduleBackfill(studio: Studio): Promise<void> {
  const { demo, page, signal } = studio;
  const scheduleId = `drift-detection:${model}`;
  const runs = ['2011-05-02', '2011-05-03', '2011-05-04'].map((day) => `${scheduleId}-${day}T03:00:00Z`);
  const before = new Date();
  const messages = demo.stack.slack!.messages().length;
  // The dialog stands in the middle of the window: here just below the name of the schedule.
  await page.setViewportSize({ ...viewport, height: 1100 });
  const dialog = await fillBackfill(page, demo.stack.temporal.uiUrl, {
    scheduleId,
    from: '05/02/11',
    to: '05/05/11',
  });
  await expectTexts("the schedule's page", page.locator('body'), [scheduleId, 'driftDetection']);
  const dates = [];
  for (const date of await dialog.getByTestId('datepicker').all()) dates.push(await date.inputValue());
  if (dates.join() !== 'Mon May 02 2011,Thu May 05 2011') {
    throw new Error(`the dialog should be about 2 to 5 May 2011, but has read ${dates.join(' and ')}`);
  }
  await takePicture(studio, 'temporal-schedule-backfill.png', [
    page.getByRole('link', { name: 'Back to Schedules' }),
    page.getByRole('button', { name: 'Schedule Actions' }),
    dialog,
  ]);
  await page.setViewportSize(viewport);
  await dialog.getByRole('button', { name: 'Schedule' }).click();
  let finished: string[] = [];
  const complete = await until(
    async () => {
      finished = [];
      for (const workflowId of runs) {
        const { count } = await demo.temporal.workflow.count(
          `WorkflowId = '${workflowId}' and StartTime >= '${before.toISOString()}' and ExecutionStatus = 'Completed'`,
        );
        if (count === 1) finished.push(workflowId);
      }
      return finished.length === runs.length;
    },
    60_000,
    signal,
  );
  if (!complete) {
    throw new Error(
      `the schedule backfill should run ${runs.join(', ')}; it ran ${finished.join(', ') || 'none'}`,
    );
  }
  const told = demo.stack.slack!.messages().length - messages;
  if (told > 0) throw new Error(`the schedule backfill told people ${told} times of what they knew`);
}

/** Sends the form, waits for the result, and has the page of the run show it. */
async function sendAndWait<Result>({ demo, page }: Studio, workflowId: string): Promise<Result> {
  await sendStartForm(page);
  const result: unknown = await demo.temporal.workflow.getHandle(workflowId).result();
  await page.reload();
  await expectTexts(`the page of ${workflowId}`, page.locator('body'), ['Completed', workflowId]);
  return result as Result;
}

function headOfRun({ page }: Studio): Locator[] {
  return [page.getByTestId('workflow-id-heading'), page.getByRole('button', { name: 'More Actions' })];
}

function inputAndResult({ page }: Studio): Locator {
  return page.getByTestId('input-and-result');
}

/** Lets the counts arrive that the demo holds back or loses; gives how many. */
async function recordMissingActuals(
  { demo }: Studio,
  window: { readonly start: string; readonly end: string },
): Promise<number> {
  const missing = await demo.database.query<{ event_time: number }>(
    `select event_time from predictions
     where model = $1 and role = 'serving' and event_time >= $2 and event_time < $3
       and not exists (
         select from actuals
         where actuals.model = predictions.model and actuals.entity = predictions.entity
           and actuals.event_time = predictions.event_time
       )`,
    [model, window.start, window.end],
  );
  const hours = new Set(missing.map(({ event_time }) => event_time));
  const rows = findScenario(model)
    .loadRows()
    .filter(({ eventTime }) => hours.has(eventTime));
  await openClient({ database: demo.database }).recordActuals(
    model,
    rows.map(({ entity, eventTime, actual }) => ({
      entity,
      eventTime,
      value: actual,
      recordedAt: parseInstant('2011-05-20T12:00:00Z'),
    })),
  );
  return rows.length;
}
