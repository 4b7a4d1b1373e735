/** The pictures of the console: a model through time, and a retraining that has proved itself. */

import { modelPath, retrainingPath } from '../../console/pages/paths.ts';
import type { Studio } from './studio.ts';
import { expectTexts, takePicture, viewport } from './studio.ts';

const model = 'bike-demand';

export async function pictureModel(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  await page.setViewportSize({ width: viewport.width, height: 4000 });
  await page.goto(`${demo.processes.consoleUrl}${modelPath(model)}?metric=rmse`);
  const performance = page.locator('section[aria-labelledby="performance"]');
  await expectTexts('the page of a model', page.locator('main'), [
    model,
    'RMSE through time',
    'Label coverage',
  ]);
  await takePicture(studio, 'console-model.png', [
    page.locator('header').first(),
    page.locator('h1'),
    performance,
  ]);
  await page.setViewportSize(viewport);
}

/** The newest that was kept. */
export async function pictureRetraining(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  const [kept] = await demo.database.query<{ id: string }>(
    `select retraining_id as id from retraining_runs where model = $1 and state = 'kept' order by as_of desc limit 1`,
    [model],
  );
  if (kept === undefined) throw new Error(`no retraining of ${model} was kept in the demo`);
  await page.setViewportSize({ width: viewport.width, height: 4000 });
  await page.goto(`${demo.processes.consoleUrl}${retrainingPath(model, kept.id)}`);
  await expectTexts('the page of a retraining', page.locator('main'), [
    'Steps',
    'Validation',
    'Has it helped?',
  ]);
  await takePicture(studio, 'console-retraining.png', [
    page.locator('.crumbs'),
    page.locator('section[aria-labelledby="verification"]'),
  ]);
  await page.setViewportSize(viewport);
}
