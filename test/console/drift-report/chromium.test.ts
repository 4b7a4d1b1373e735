/** The report as a browser shows it; where there is no Chromium, nothing is tried. */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { renderDriftReport } from '../../../console/drift-report/render.ts';
import { findChromium, launchChromium } from '../../../demo/pictures/chromium.ts';
import { lowContrasts, openPage, skippedHeadings, tooWide, unnamed, type OpenPage } from '../open-page.ts';
import { hostileNames, wideReport } from './bike-report.ts';

const path = await findChromium(process.env).catch(() => undefined);
const columns = 40;
const page = await renderDriftReport(wideReport(columns, 10));

describe.skipIf(path === undefined)('a report in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(path!);
  });
  afterAll(() => browser.close());

  const open = (width: number, colorScheme: 'light' | 'dark'): Promise<OpenPage> =>
    openPage(browser, page, { width, colorScheme });

  const cases = [360, 1400].flatMap((width) =>
    (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
  );

  it.each(cases)(
    'fits a screen $width px wide, $scheme, asks the network for nothing and has no error',
    async ({ width, scheme }) => {
      const { tab, said } = await open(width, scheme);
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await tab.evaluate(tooWide)).toEqual([]);
      expect(said).toEqual([]);
      await tab.close();
    },
  );

  it.each(['light', 'dark'] as const)('has texts with a contrast of 4.5, %s', async (scheme) => {
    const { tab } = await open(1400, scheme);
    expect(await tab.evaluate(lowContrasts)).toEqual([]);
    await tab.close();
  });

  it('shows names as they are written, and runs nothing of them', async () => {
    const { tab } = await open(1400, 'light');
    const headings = await tab.locator('h3 bdi').allTextContents();
    for (const name of hostileNames) expect(headings).toContain(name === '' ? '(no name)' : name);
    expect(await tab.locator('script, img, iframe').count()).toBe(0);
    expect(await tab.title()).toMatch(
      /^No drift of the whole, but \d+ columns have drifted: <script>alert\(1\)<\/script>, 2011-07-01/,
    );
    await tab.close();
  });

  it('can be read without seeing it', async () => {
    const { tab } = await open(1400, 'light');
    expect(await tab.getAttribute('html', 'lang')).toBe('en');
    expect([await tab.locator('h1').count(), await tab.locator('main').count()]).toEqual([1, 1]);
    expect(await tab.evaluate(skippedHeadings)).toEqual([]);
    expect(await tab.evaluate(unnamed)).toEqual([]);
    expect(await tab.locator('table:not(:has(thead th[scope=col]))').count()).toBe(0);
    expect(await tab.locator('tbody tr:not(:has(th[scope=row]))').count()).toBe(0);
    await tab.close();
  });

  it('unfolds a calm column when its square is followed', async () => {
    const tab = await browser.newPage();
    await tab.setContent(page);
    const square = tab.locator('.strip a.ok').last();
    const target = tab.locator(`[id="${(await square.getAttribute('href'))!.slice(1)}"]`);
    expect(await target.isVisible()).toBe(false);
    await square.focus();
    await tab.keyboard.press('Enter');
    await expect.poll(() => target.isVisible()).toBe(true);
    await tab.close();
  });

  it('is white on paper, in a dark room too', async () => {
    const { tab } = await open(1400, 'dark');
    const background = `getComputedStyle(document.body).backgroundColor`;
    expect(await tab.evaluate(background)).toBe('rgb(13, 17, 23)');
    await tab.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await tab.evaluate(background)).toBe('rgb(255, 255, 255)');
    await tab.close();
  });
});
