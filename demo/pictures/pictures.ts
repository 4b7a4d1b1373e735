/** `npm run pictures`: draws the pictures of the docs anew from a demo, and fails where one does not show what they say. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { reasonOf } from '../../core/errors.ts';
import { formatDay } from '../../core/window.ts';
import type { Demo } from '../run.ts';
import { startDemo } from '../run.ts';
import { formatSummary } from '../summary-text.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { pictureModel, pictureRetraining } from './console-pictures.ts';
import { pictureEmail, pictureSlack } from './message-pictures.ts';
import { picturePushgateway } from './pushgateway-picture.ts';
import { pictureReport } from './report-pictures.ts';
import type { Studio } from './studio.ts';
import { viewport } from './studio.ts';
import {
  pictureActuals,
  pictureBadInput,
  pictureRuns,
  pictureScheduleBackfill,
  pictureStartAndResult,
} from './temporal-pictures.ts';

const root = new URL('../..', import.meta.url).pathname;
const directory = join(root, 'docs', 'pictures');
const stateDirectory = join(root, '.tidewatch', 'pictures');

/** Enough for a degradation, a promotion and the alerts of both. */
const weeks = 10;

/** In this order: what is started by hand speaks for today, and is not to be seen in the Pushgateway. */
const pictures: readonly ((studio: Studio) => Promise<void>)[] = [
  picturePushgateway,
  pictureRuns,
  pictureSlack,
  pictureEmail,
  pictureReport,
  pictureModel,
  pictureRetraining,
  pictureStartAndResult,
  pictureScheduleBackfill,
  pictureActuals,
  pictureBadInput,
];

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => abort.abort(new Error('stopped')));
const { signal } = abort;
const say = (text: string): void => console.log(`  ${text}`);

async function run(): Promise<void> {
  // Before the demo: whoever lacks it should not wait for the replay to be told.
  const browser = await launchChromium(await findChromium(process.env));
  const close = (): void => void browser.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const demo = await startDemo({ dataSet: 'bikes', weeks, injections: [], stateDirectory, say, signal });
    try {
      await demo.replay(({ day, done, verdict }) => {
        if (done % 7 === 0) say(`week ${done / 7} of ${weeks}, up to ${formatDay(day)}: ${verdict}`);
      });
      signal.throwIfAborted();
      await writeSummary(demo);
      const page = await browser.newPage({ viewport, timezoneId: 'UTC', colorScheme: 'light' });
      await takeAll({ demo, page, directory, say, signal });
    } finally {
      await demo.stop();
    }
  } finally {
    signal.removeEventListener('abort', close);
    await browser.close();
  }
}

/** Without the addresses of the servers, which are other ones in each demo. */
async function writeSummary(demo: Demo): Promise<void> {
  const text = formatSummary(await demo.summarize(), demo).replace(/\n+console [\s\S]*$/, '\n');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'demo-summary.txt'), text.trimStart());
  say('demo-summary.txt');
}

async function takeAll(studio: Studio): Promise<void> {
  for (const picture of pictures) {
    try {
      await picture(studio);
    } catch (error) {
      const path = join(stateDirectory, 'failed.png');
      await studio.page.screenshot({ path }).then(
        () => say(`how the page looked: ${path}`),
        () => undefined,
      );
      throw error;
    }
  }
}

try {
  await run();
} catch (error) {
  // After Ctrl-C whatever was under way may fail: that is not news.
  if (!signal.aborted) console.error(stripVTControlCharacters(reasonOf(error)));
  process.exitCode = 1;
}
