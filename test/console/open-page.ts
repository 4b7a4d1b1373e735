/** A report as a browser shows it, and what somebody would complain about. */

import type { Browser, Page } from 'playwright-core';

export interface OpenPage {
  readonly tab: Page;
  /** What the console said, dialogs showed and the network was asked for. */
  readonly said: readonly string[];
}

/** Opens a page from a file's origin, with everything unfolded. */
export async function openPage(
  browser: Browser,
  page: string,
  { width, colorScheme }: { readonly width: number; readonly colorScheme: 'light' | 'dark' },
): Promise<OpenPage> {
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

/** What reaches over the right edge of the screen, but for tables that can be scrolled. */
export const tooWide = `[...document.body.querySelectorAll('*')].filter((element) => !element.closest('svg svg, .hidden, .scroll *')
  && element.getBoundingClientRect().right > innerWidth + 0.5).map((element) => element.outerHTML.slice(0, 120))`;

/** What has no name for those who do not see it. */
export const unnamed = `[...document.querySelectorAll('svg, nav, section, a')].filter((element) => !(element.getAttribute('aria-label')
  || document.getElementById(element.getAttribute('aria-labelledby'))?.textContent || element.textContent.trim()))
  .map((element) => element.outerHTML.slice(0, 120))`;

/** Headings that skip a level. */
export const skippedHeadings = `(() => {
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => [Number(heading.tagName[1]), heading.textContent]);
  return levels.filter(([level], i) => i > 0 && level > levels[i - 1][0] + 1).map(([, text]) => text);
})()`;

/** Texts, also those of charts, with a contrast below 4.5 to what is behind them (WCAG 2, success criterion 1.4.3). */
export const lowContrasts = `(() => {
  // A mixed colour comes as color(srgb 0.9 ...).
  const parse = (color) => {
    const parts = color.match(/[\\d.]+/g).map(Number);
    return color.startsWith('color(') ? parts.map((part, i) => i < 3 ? part * 255 : part) : parts;
  };
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
