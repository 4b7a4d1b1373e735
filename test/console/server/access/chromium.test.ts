/** Signing in with a browser at a real OpenID provider. Where there is no Chromium, nothing is tried. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import getPort from 'get-port';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { alertPath } from '../../../../console/pages/paths.ts';
import { openConsole, type OpenConsole } from '../../../../console/server/listen.ts';
import { findChromium, launchChromium } from '../../../../demo/pictures/chromium.ts';
import { emptyTables } from '../../../setup/database-snapshot.ts';
import { client, startOidcProvider, type OidcProvider } from '../../../setup/oidc-provider.ts';
import { createTestDatabase, type TestDatabase } from '../../../setup/servers.ts';
import { fillAlert } from '../../acted-on.ts';
import { byToken, consoleDependencies, now, tokens } from '../../console-world.ts';
import { lowContrasts, tooWide } from '../../open-page.ts';

const path = await findChromium(process.env).catch(() => undefined);

const people = {
  olga: { groups: ['ml-operators'], preferred_username: 'olga@example.org' },
  vic: { groups: ['ml-viewers'], preferred_username: 'vic@example.org' },
  ned: { groups: [], preferred_username: 'ned@example.org' },
};

describe.skipIf(path === undefined)('in a browser', () => {
  let browser: Browser;
  let test: TestDatabase;
  let provider: OidcProvider;
  let console: OpenConsole;
  let time = now;
  let key: string;
  beforeAll(async () => {
    test = await createTestDatabase();
    const port = await getPort({ host: '127.0.0.1' });
    const publicUrl = `http://127.0.0.1:${port}`;
    provider = await startOidcProvider(publicUrl, people);
    const oidc = {
      issuer: provider.issuer,
      ...client,
      scope: 'openid',
      roleClaim: 'groups',
      viewers: ['ml-viewers'],
      operators: ['ml-operators'],
    };
    console = await openConsole(
      {
        ...consoleDependencies,
        database: test.database,
        publicUrl,
        access: { ...byToken, oidc },
        now: () => time,
        log: () => {},
      },
      { host: '127.0.0.1', port },
    );
    browser = await launchChromium(path!);
  });
  afterAll(async () => {
    await browser.close();
    await console.close();
    await provider.close();
    await test.drop();
  });
  beforeEach(async () => {
    time = now;
    await emptyTables(test.database);
    key = await fillAlert(test.database, 'bikes');
  });

  /** Another person: nothing of a browser is kept. */
  async function open(at: string): Promise<{ tab: Page; said: string[]; close: () => Promise<void> }> {
    const context = await browser.newContext({ baseURL: console.url });
    const tab = await context.newPage();
    const said: string[] = [];
    tab.on('console', (message) => {
      // Of the pages of the provider nothing is asked.
      if (tab.url().startsWith(console.url)) said.push(message.text());
    });
    await tab.goto(at);
    return { tab, said, close: () => context.close() };
  }

  async function signIn(tab: Page, login: string): Promise<void> {
    await tab.getByRole('link', { name: /^Sign in with 127/ }).click();
    await tab.locator('input[name=login]').fill(login);
    await tab.locator('input[name=password]').fill('any');
    await tab.getByRole('button', { name: 'Sign-in' }).click();
    await tab.getByRole('button', { name: 'Continue' }).click();
  }

  it('a viewer signs in, sees the page that was asked for, cannot act, and signs out here and there', async () => {
    const { tab, said, close } = await open(alertPath(key));
    await signIn(tab, 'vic');
    await tab.waitForURL(`**${alertPath(key)}`);
    await tab.getByText('Sign in as an operator to acknowledge').waitFor();
    expect(await tab.locator('.viewer').textContent()).toBe('vic@example.org, viewer');
    expect(await tab.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await tab.getByText('You have signed out.').waitFor();
    await tab.getByRole('link', { name: 'sign out there, too' }).click();
    await tab.getByRole('button', { name: 'Yes, sign me out' }).click();
    await tab.waitForURL(`${console.url}/login**`);
    // Neither knows them any more.
    await tab.goto('/');
    await tab.getByRole('link', { name: /^Sign in with 127/ }).click();
    await tab.locator('input[name=login]').waitFor();
    expect(said).toEqual([]);
    await close();
  });

  it('an operator signs in, and may act and see who did what', async () => {
    const { tab, said, close } = await open('/audit');
    await signIn(tab, 'olga');
    await tab.waitForURL('**/audit');
    await tab.getByText('olga@example.org has signed in').waitFor();
    await tab.goto(alertPath(key));
    expect(await tab.getByRole('button', { name: 'Acknowledge' }).count()).toBe(1);
    expect(said).toEqual([]);
    await close();
  });

  it('who is in no group is told so, and comes in as somebody else', async () => {
    const { tab, close } = await open('/');
    await signIn(tab, 'ned');
    await tab.getByText('You are signed in as ned@example.org, who may not look at this console').waitFor();
    await signIn(tab, 'vic');
    await tab.waitForURL(`${console.url}/`);
    expect(await tab.locator('.viewer').textContent()).toBe('vic@example.org, viewer');
    await close();
  });

  it('what was typed comes back after the session has ended, through the provider', async () => {
    const { tab, close } = await open(alertPath(key));
    await signIn(tab, 'olga');
    await tab.getByLabel('Note').fill('looked at it:\n the fair is in town');
    time += byToken.sessionMs;
    await tab.getByRole('button', { name: 'Acknowledge' }).click();
    await tab.getByText('Your session has ended, so nothing was done.').waitFor();
    // The provider knows them still.
    await tab.getByRole('link', { name: /^Sign in with 127/ }).click();
    await tab.waitForURL(`**${alertPath(key)}`);
    await tab.getByText('What you had typed is in the form again').waitFor();
    expect(await tab.getByLabel('Note').inputValue()).toBe('looked at it:\n the fair is in town');
    await close();
  });

  it('the pages around signing in can be read by everybody, at any width and in both themes', async () => {
    const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
    for (const width of [400, 1400]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({
          baseURL: console.url,
          viewport: { width, height: 900 },
          colorScheme,
        });
        const tab = await context.newPage();
        const look = async (): Promise<void> => {
          expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
          expect(await tab.evaluate(tooWide)).toEqual([]);
          expect(await tab.evaluate(lowContrasts)).toEqual([]);
          await tab.evaluate(axe);
          const violations = await tab.evaluate(
            `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`,
          );
          expect(violations).toEqual([]);
        };
        for (const why of ['', 'ended', 'unsent', 'out']) {
          await tab.goto(`/login?why=${why}`);
          await look();
        }
        await tab.getByLabel('Your name').fill('bob');
        await tab.getByLabel('Token').fill('wrong');
        await tab.getByRole('button', { name: 'Sign in' }).click();
        await tab.getByText('This token is not known.').waitFor();
        await look();
        await signIn(tab, 'ned');
        await tab.getByText('who may not look at this console').waitFor();
        await look();
        await tab.getByLabel('Your name').fill('bob');
        await tab.getByLabel('Token').fill(tokens.operator);
        await tab.getByRole('button', { name: 'Sign in' }).click();
        await tab.goto('/audit');
        await tab.getByText('bob has signed in').first().waitFor();
        await look();
        await context.close();
      }
    }
  });
});
