/** The report as a browser shows it; where there is no Chromium, nothing is tried. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { renderDriftReport } from '../../../console/drift-report/render.ts';
import { findChromium, launchChromium } from '../../../demo/pictures/chromium.ts';
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

  /** Opens the report from a file's origin, with everything unfolded; gives what the console said and the network was asked too. */
  async function open(
    width: number,
    colorScheme: 'light' | 'dark',
  ): Promise<{ readonly tab: Page; readonly said: readonly string[] }> {
    const tab = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const said: string[] = [];
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(error.message));
    tab.on('dialog', (dialog) => said.push(dialog.message()));
    tab.on('request', (request) => said.push(request.url()));
    await tab.setContent(page);
    await tab.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
    return { tab, said };
  }

  const cases = [360, 1400].flatMap((width) =>
    (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
  );

  it.each(cases)(
    'fits a screen $width px wide, $scheme, asks the network for nothing and has no error',
    async ({ width, scheme }) => {
      const { tab, said } = await open(width, scheme);
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const tooWide = await tab.evaluate(
        `[...document.body.querySelectorAll('*')].filter((element) => !element.closest('svg svg, .hidden')
        && element.getBoundingClientRect().right > innerWidth + 0.5).map((element) => element.outerHTML.slice(0, 120))`,
      );
      expect(tooWide).toEqual([]);
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
    const unnamed = await tab.evaluate(
      `[...document.querySelectorAll('svg, nav, section, a')].filter((element) => !(element.getAttribute('aria-label')
        || document.getElementById(element.getAttribute('aria-labelledby'))?.textContent || element.textContent.trim()))
        .map((element) => element.outerHTML.slice(0, 120))`,
    );
    expect(unnamed).toEqual([]);
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

/** Headings that skip a level. */
const skippedHeadings = `(() => {
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => [Number(heading.tagName[1]), heading.textContent]);
  return levels.filter(([level], i) => i > 0 && level > levels[i - 1][0] + 1).map(([, text]) => text);
})()`;

/** Texts, also those of charts, with a contrast below 4.5 to what is behind them (WCAG 2, success criterion 1.4.3). */
const lowContrasts = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => part / 255).map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      const [, , , alpha = 1] = parse(color);
      if (alpha === 1) return parse(color);
    }
    return [255, 255, 255];
  };
  const low = new Set();
  for (const element of document.body.querySelectorAll('*')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasText || element.closest('title')) continue;
    const style = getComputedStyle(element);
    const color = element.closest('svg') ? style.fill : style.color;
    const [dark, light] = [luminance(parse(color)), luminance(behind(element))].sort((a, b) => a - b);
    if ((light + 0.05) / (dark + 0.05) < 4.5) low.add(element.tagName + '.' + element.getAttribute('class') + ' ' + color + ' ' + element.textContent.slice(0, 30));
  }
  return [...low].slice(0, 20);
})()`;
