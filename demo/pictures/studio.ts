/** Takes pictures of pages, once they show what the docs promise. */

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Locator, Page } from 'playwright-core';

import type { Demo } from '../run.ts';
import { until } from '../stack/until.ts';

/** What each picture is made from. */
export interface Studio {
  readonly demo: Demo;
  readonly page: Page;
  /** Where the pictures go. */
  readonly directory: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Pixels; high enough that no page of the pictures has to be scrolled. */
export const viewport = { width: 1280, height: 1600 } as const;

const padding = 8;
/** Beyond this a page of docs loads slowly. */
const largestPictureBytes = 200_000;
const patienceMs = 20_000;

/**
 * Waits until a place of a page shows each text; runs of white space count as one space.
 *
 * @param where how the error calls the page, such as "the run's page"
 * @throws Error that names the text that is missing, and what is there instead
 */
export async function expectTexts(
  where: string,
  place: Locator,
  texts: readonly (string | RegExp)[],
): Promise<void> {
  let shown = '';
  let missing = texts;
  const complete = await until(async () => {
    shown = (await place.innerText()).replaceAll(/\s+/g, ' ');
    missing = texts.filter((text) =>
      typeof text === 'string' ? !shown.includes(text.replaceAll(/\s+/g, ' ')) : !text.test(shown),
    );
    return missing.length === 0;
  }, patienceMs);
  if (complete) return;
  const wanted = missing.map((text) => (typeof text === 'string' ? JSON.stringify(text) : String(text)));
  throw new Error(`${where} should show ${wanted.join(' and ')}, but shows:\n${shown}`);
}

/** Pictures the part of the page that the given parts span, as wide as the content. */
export async function takePicture(studio: Studio, file: string, parts: readonly Locator[]): Promise<void> {
  const { page, directory, say } = studio;
  const boxes = [];
  for (const part of parts) {
    const box = await part.boundingBox();
    if (box === null) throw new Error(`${file}: a part of the page to be pictured is not visible`);
    boxes.push(box);
  }
  const left = Math.max(0, Math.min(...boxes.map(({ x }) => x)) - padding);
  const top = Math.max(0, Math.min(...boxes.map(({ y }) => y)) - padding);
  const right = Math.max(...boxes.map(({ x, width }) => x + width)) + padding;
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + padding;
  await mkdir(directory, { recursive: true });
  const path = join(directory, file);
  await page.screenshot({
    path,
    clip: { x: left, y: top, width: Math.min(right, viewport.width) - left, height: bottom - top },
    animations: 'disabled',
  });
  const { size } = await stat(path);
  say(
    `${file}, ${Math.round(size / 1000)} kB${size > largestPictureBytes ? ': larger than a page should load' : ''}`,
  );
}
