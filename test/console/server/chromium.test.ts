/** The console in a browser: nothing said, nothing cut off, and readable by everybody. Where there is no Chromium, nothing is tried. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fillHistory, modelName } from '../../../bench/console/fill.ts';
import { alertPath, retrainingPath } from '../../../console/pages/paths.ts';
import { noteRequest } from '../../../console/server/audit.ts';
import { openConsole, type OpenConsole } from '../../../console/server/listen.ts';
import { floorToDay } from '../../../core/window.ts';
import { findChromium, launchChromium } from '../../../demo/pictures/chromium.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { fillAlert, fillReport, fillRetraining, retrainingId } from '../acted-on.ts';
import { consoleDependencies, now } from '../console-world.ts';
import { lowContrasts, skippedHeadings, tooWide, unnamed } from '../open-page.ts';

const path = await findChromium(process.env).catch(() => undefined);

/** What a model is called that anybody may have written. */
const hostile = `<script>alert(1)</script>'; drop table alerts; -- \u202Egnp\u001B[31m 🦊 ${'wide'.repeat(40)}`;

/** Every page that somebody can look at. */
const pages = [
  '/',
  '/?verdict=critical',
  '/?search=nothing-is-called-so',
  '/models/model-0002',
  '/models/model-0003?days=30&metric=mae',
  `/models/${encodeURIComponent(hostile)}`,
  '/models/model-0002/now',
  '/models/model-0002/drift/2026-11-22T00:00:00Z/2026-11-29T00:00:00Z/feature_1',
  '/models/model-0002/drift/2026-10-14T00:00:00Z/2026-10-21T00:00:00Z/prediction',
  '/runs/drift-detection%3Amodel-0002/run-2026-11-29',
  '/monitors',
  '/monitors/model-0002',
  '/health',
  '/alerts',
  '/alerts?state=resolved&severity=critical',
  '/retrainings',
  ...['bikes', hostile].flatMap((model) => [
    alertPath(`drift:${model}:hum`),
    retrainingPath(model, retrainingId),
  ]),
  '/reports',
  '/audit',
  '/audit?kind=refused&person=nobody',
  '/nowhere',
];
describe.skipIf(path === undefined)('the console in a browser', () => {
  let browser: Browser;
  let filled: TestDatabase;
  let empty: TestDatabase;
  let consoles: { readonly filled: OpenConsole; readonly empty: OpenConsole };
  let axe: string;
  beforeAll(async () => {
    [filled, empty] = [await createTestDatabase(), await createTestDatabase()];
    await fillHistory(filled.database, { models: 12, days: 40, features: 6, end: floorToDay(now) });
    await filled.database.execute(`update process_watermarks set model = $1 where model = $2`, [
      hostile,
      modelName(1),
    ]);
    await filled.database.execute(`update watched_processes set model = $1 where model = $2`, [
      hostile,
      modelName(1),
    ]);
    await filled.database.execute(
      `update model_versions set version = left($1, 60) where model = $2 and stage = 'champion'`,
      [hostile, modelName(2)],
    );
    for (const model of ['bikes', hostile]) {
      await fillAlert(filled.database, model);
      await fillRetraining(filled.database, model, model);
      await fillReport(filled.database, model);
      await noteRequest(filled.database, {
        viewer: { name: model, role: 'operator', identity: model },
        address: '203.0.113.7',
        action: 'alert.acknowledge',
        model,
        subject: `drift:${model}:hum`,
        details: { note: model },
      });
    }
    const open = ({ database }: TestDatabase): Promise<OpenConsole> =>
      openConsole(
        {
          ...consoleDependencies,
          database,
          log: () => {},
        },
        { host: '127.0.0.1', port: 0 },
      );
    consoles = { filled: await open(filled), empty: await open(empty) };
    browser = await launchChromium(path!);
    axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  });
  afterAll(async () => {
    await browser.close();
    for (const { close } of Object.values(consoles)) await close();
    for (const { drop } of [filled, empty]) await drop();
  });

  const cases = (['filled', 'empty'] as const).flatMap((database) =>
    pages.map((page) => ({ database, page })),
  );

  it.each(cases)(
    'can be read by everybody, at any width and in both themes: $page, $database',
    async ({ database, page }) => {
      for (const width of [400, 1400]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          const tab = await browser.newPage({
            viewport: { width, height: 900 },
            colorScheme,
            bypassCSP: false,
          });
          const said: string[] = [];
          const isExpected = (text: string): boolean =>
            (page === '/nowhere' || database === 'empty') && text.includes('404 (Not Found)');
          tab.on('console', (message) => isExpected(message.text()) || said.push(message.text()));
          tab.on('pageerror', (error) => said.push(error.message));
          tab.on('dialog', (dialog) => said.push(dialog.message()));
          await tab.goto(consoles[database].url + page);
          expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
          expect(await tab.evaluate(tooWide)).toEqual([]);
          expect(await tab.evaluate(lowContrasts)).toEqual([]);
          expect(await tab.evaluate(unnamed)).toEqual([]);
          expect(await tab.evaluate(skippedHeadings)).toEqual([]);
          await tab.evaluate(axe);
          const violations = await tab.evaluate(
            `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`,
          );
          expect(violations).toEqual([]);
          expect(said).toEqual([]);
          await tab.close();
        }
      }
    },
  );

  it('can be used by keyboard alone', async () => {
    const tab = await browser.newPage();
    await tab.goto(consoles.filled.url);
    await tab.keyboard.press('Tab');
    expect(await tab.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await tab.keyboard.press('Escape');
    await tab.keyboard.press('j');
    await tab.keyboard.press('j');
    const second = await tab.evaluate(
      `document.querySelectorAll('tbody th a')[1] === document.activeElement`,
    );
    expect(second).toBe(true);
    await tab.keyboard.press('/');
    await tab.keyboard.type('model-0003');
    await tab.keyboard.press('Enter');
    await tab.waitForURL('**/?search=model-0003');
    expect(await tab.locator('tbody tr').count()).toBe(1);
    await tab.close();
  });

  it('shows what changes while somebody looks', async () => {
    const tab = await browser.newPage();
    await tab.goto(`${consoles.empty.url}/health`);
    await tab.getByText('Nothing waits: everything that has arrived is in the numbers.').waitFor();
    await empty.database.execute(
      `insert into dirty_windows (model, stage, window_start, window_end) values ('m', 'profiles', '2026-11-27', '2026-11-27T01:00:00Z')`,
    );
    await tab.getByText('1 hour of 1 model: predictions to profile').waitFor();
    await tab.close();
  });

  it('shows on the page of a model what is under way, while somebody looks', async () => {
    const tab = await browser.newPage();
    await tab.goto(`${consoles.filled.url}/models/model-0005`);
    await tab.getByText('Nothing waits: everything that has arrived is in the numbers.').waitFor();
    await filled.database.execute(
      `insert into dirty_windows (model, stage, window_start, window_end) values ('model-0005', 'outcomes', '2026-11-27', '2026-11-27T01:00:00Z')`,
    );
    await tab.getByText('1 hour: actuals to attach (actualsBackfill)').waitFor();
    await tab.close();
  });

  it('changes its theme, without a script as well', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, colorScheme: 'light' });
    const tab = await context.newPage();
    await tab.goto(`${consoles.filled.url}/health`);
    const change = async (): Promise<string | null> => {
      await tab.getByRole('button', { name: /^Theme/ }).click();
      return tab.locator('html').getAttribute('data-theme');
    };
    expect([await change(), await change(), await change()]).toEqual(['light', 'dark', null]);
    expect(new URL(tab.url()).pathname).toBe('/health');
    await context.close();
  });
});
