/** The report as a browser shows it; where there is no Chromium, nothing is tried. */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { renderPerformanceReport } from '../../../console/performance-report/render.ts';
import { findChromium, launchChromium } from '../../../demo/pictures/chromium.ts';
import { lowContrasts, openPage, skippedHeadings, tooWide, unnamed } from '../open-page.ts';
import { bikes, flights, hostileNames, nothing, wide } from './sample-reports.ts';

const path = await findChromium(process.env).catch(() => undefined);
const reports = { bikes, flights, nothing, wide };
const cases = Object.entries(reports).flatMap(([name, report]) =>
  ([390, 1280] as const).map((width) => ({ name, width, page: renderPerformanceReport(report) })),
);

describe.skipIf(path === undefined)('a report in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(path!);
  });
  afterAll(() => browser.close());

  it.each(cases)(
    'fits a screen $width px wide, asks the network for nothing and can be read: $name',
    async ({ page, width }) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { tab, said } = await openPage(browser, page, { width, colorScheme });
        expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await tab.evaluate(tooWide)).toEqual([]);
        expect(await tab.evaluate(lowContrasts)).toEqual([]);
        expect(said).toEqual([]);
        await tab.close();
      }
    },
  );

  it('shows names as they are written, and runs nothing of them', async () => {
    const { tab } = await openPage(browser, renderPerformanceReport(wide), {
      width: 1280,
      colorScheme: 'light',
    });
    const names = await tab.locator('th bdi').allTextContents();
    for (const name of hostileNames) expect(names).toContain(name === '' ? '(no name)' : name);
    expect(await tab.locator('script, img, iframe').count()).toBe(0);
    await tab.close();
  });

  it('can be read without seeing it', async () => {
    const { tab } = await openPage(browser, renderPerformanceReport(bikes), {
      width: 1280,
      colorScheme: 'light',
    });
    expect(await tab.getAttribute('html', 'lang')).toBe('en');
    expect([await tab.locator('h1').count(), await tab.locator('main').count()]).toEqual([1, 1]);
    expect(await tab.evaluate(skippedHeadings)).toEqual([]);
    expect(await tab.evaluate(unnamed)).toEqual([]);
    expect(await tab.locator('table:not(:has(thead th[scope=col]))').count()).toBe(0);
    expect(await tab.locator('tbody tr:not(:has(th[scope=row]))').count()).toBe(0);
    await tab.close();
  });

  it('draws the trend once: large on a desk, narrow on a phone', async () => {
    for (const [width, shown, hidden] of [
      [1280, '.on-desk', '.on-phone'],
      [390, '.on-phone', '.on-desk'],
    ] as const) {
      const { tab } = await openPage(browser, renderPerformanceReport(bikes), {
        width,
        colorScheme: 'light',
      });
      expect([await tab.locator(shown).isVisible(), await tab.locator(hidden).isVisible()]).toEqual([
        true,
        false,
      ]);
      await tab.close();
    }
  });
});
