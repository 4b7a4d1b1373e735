/** `npm run pictures`: draws the pictures of the docs anew from a demo, and fails where one does not show what they say. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { reasonOf } from '../../core/errors.ts';
import { formatDay } from '../../core/window.ts';
import type { Demo } from '../run.ts';
import { startDemo } from '../run.ts';
import { formatSummary } from '../summary-text.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { pictureEmail, pictureSlack } from './message-pictures.ts';
import { picturePushgateway } from './pushgateway-picture.ts';
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
  const chromium = await findChromium(process.env);
  const demo = await startDemo({ dataSet: 'bikes', weeks, injections: [], stateDirectory, say, signal });
  try {
    await demo.replay(({ day, done, verdict }) => {
      if (done % 7 === 0) say(`week ${done / 7} of ${weeks}, up to ${formatDay(day)}: ${verdict}`);
    });
    signal.throwIfAborted();
    await writeSummary(demo);
    await takeAll(demo, chromium);
  } finally {
    await demo.stop();
  }
}

/** Without the addresses of the servers, which are other ones in each demo. */
async function writeSummary(demo: Demo): Promise<void> {
  const text = formatSummary(await demo.summarize(), demo)
    .replace(/\n+Temporal UI [\s\S]*$/, '\n')
    .trimStart();
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'demo-summary.txt'), text);
  say('demo-summary.txt');
}

async function takeAll(demo: Demo, chromium: string): Promise<void> {
  const browser = await launchChromium(chromium);
  const close = (): void => void browser.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const page = await browser.newPage({
      viewport,
      deviceScaleFactor: 1,
      timezoneId: 'UTC',
      colorScheme: 'light',
    });
    const studio: Studio = { demo, page, directory, say, signal };
    for (const picture of pictures) {
      try {
        await picture(studio);
      } catch (error) {
        const path = join(stateDirectory, 'failed.png');
        await page.screenshot({ path }).then(
          () => console.error(`How the page looked: ${path}`),
          () => undefined,
        );
        throw error;
      }
    }
  } finally {
    signal.removeEventListener('abort', close);
    await browser.close();
  }
}

try {
  await run();
} catch (error) {
  // After Ctrl-C whatever was under way may fail: that is not news.
  if (!signal.aborted) console.error(reasonOf(error));
  process.exitCode = 1;
}
