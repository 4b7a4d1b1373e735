/** The pictures of the drift report: what it says first, and what it says of a column. */

import { reportListPath } from '../../activities/reports/store.ts';
import { instantText } from '../../console/instant-text.ts';
import { formatInstant } from '../../core/window.ts';
import type { Studio } from './studio.ts';
import { expectTexts, takePicture, viewport } from './studio.ts';

const model = 'bike-demand';

/** The report of the last window that drifted for a second day, found by the list of the worker. */
export async function pictureReport(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  const [run] = await demo.database.query<{ start: number; end: number; reason: string }>(
    `select window_start as start, window_end as "end", reason
     from drift_runs run
     where model = $1 and segment = '' and verdict in ('warning', 'critical') and exists (
       select from drift_runs before
       where before.model = run.model and before.segment = '' and before.window_end = run.window_end - interval '1 day'
         and before.verdict in ('warning', 'critical'))
     order by window_end desc limit 1`,
    [model],
  );
  if (run === undefined) throw new Error(`no drift of ${model} has lasted for two days in the demo`);
  const [start, end] = [instantText(formatInstant(run.start)), instantText(formatInstant(run.end))];
  await page.goto(`${demo.processes.workerUrl}${reportListPath({ kind: 'drift', model })}`);
  await page.getByRole('link', { name: `${start} to ${end}` }).click();
  await page.setViewportSize({ width: 1000, height: 4000 });
  await expectTexts('the drift report', page.locator('header'), [
    model,
    /Drift since 2011-\d\d-\d\d/i,
    run.reason,
    'Data quality',
  ]);
  await takePicture(studio, 'drift-report.png', [
    page.locator('header'),
    page.locator('section[aria-labelledby="columns"]'),
  ]);
  const column = page.locator('.column').first();
  await expectTexts('the section of a column', column, ['Share of values per bin', 'through time', 'Mean']);
  await takePicture(studio, 'drift-report-column.png', [column]);
  await page.setViewportSize(viewport);
}
