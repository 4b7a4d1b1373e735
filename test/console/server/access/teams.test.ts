/** Somebody of a team looks at the console: at the models of the team, and at nothing of any other. */

import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findReport, listReportGroups, listReports } from '../../../../activities/reports/store.ts';
import { teamsOfGroups } from '../../../../console/server/access/claims.ts';
import { openDatabase } from '../../../../sql/database.ts';
import { grantRoles } from '../../../../sql/roles.ts';
import { bringTeamsTogether, keepTeamsApart, teamRole } from '../../../../sql/teams.ts';
import { reportPage } from '../../../../worker/report-pages.ts';
import { activitiesOn } from '../../../setup/activities.ts';
import { testServers } from '../../../setup/servers.ts';
import { at, load, watch } from '../../../setup/synthetic.ts';
import { useDatabase } from '../../../setup/world.ts';
import {
  everybody,
  openTestConsole,
  type TestConsole,
  type TestConsoleOptions,
} from '../../console-world.ts';

const own = randomBytes(3).toString('hex');
const [team, others] = [`ours-${own}`, `theirs-${own}`];
const test = useDatabase('shared by all tests');
beforeAll(async () => {
  const asOf = at(22, 4);
  for (const [model, whose] of [
    ['our-model', team],
    ['their-model', others],
  ] as const) {
    await watch(test.database, { model, team: whose, performance: { windows: ['1d'] } });
    await load(test.database, model, { from: 1, to: 15 });
    await load(test.database, model, { from: 15, to: 22, shift: 9, error: 9 });
    const activities = activitiesOn(test.database);
    for (const run of ['attachActuals', 'profileHours', 'summarizeOutcomes', 'evaluatePerformance'] as const)
      await activities[run]({ model, asOf });
    await activities.detectDrift({ model, asOf, act: true });
    await activities.checkDegradation({ model, asOf, act: true });
  }
  await grantRoles(test.database);
  await keepTeamsApart(test.database);
});
afterAll(async () => {
  const admin = openDatabase({ url: testServers().postgresAdminUrl, poolSize: 1 });
  await test.database.execute(`drop owned by "${teamRole(team)}", "${teamRole(others)}"`);
  for (const whose of [team, others]) await admin.execute(`drop role "${teamRole(whose)}"`);
  await admin.close();
});

const documents: TestConsoleOptions['documents'] = (path, connection) =>
  reportPage(path, {
    find: (key) => findReport(connection, key),
    list: (list) => listReports(connection, list),
    groups: () => listReportGroups(connection),
  });
const openFor = (teams: readonly string[] | undefined, more: TestConsoleOptions = {}): Promise<TestConsole> =>
  openTestConsole(test.database, {
    documents,
    access: { ...everybody, everybody: { name: 'tess', role: 'viewer', ...(teams && { teams }) } },
    ...more,
  });
const pages = ['/', '/alerts', '/retrainings', '/reports', '/reports/drift', '/monitors', '/health'];

/** Every page that links lead to, by its path. */
async function everything(shown: TestConsole): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const waiting = [...pages];
  for (let path = waiting.shift(); path !== undefined && found.size < 120; path = waiting.shift()) {
    if (found.has(path)) continue;
    const answer = await shown.get(path);
    expect([200, 404], path).toContain(answer.status);
    const page = (answer.headers.get('content-type') ?? '').startsWith('image/png')
      ? ''
      : await answer.text();
    found.set(path, page);
    for (const [, link = ''] of page.matchAll(/href="(\/[^"#]*)/g))
      waiting.push(link.replaceAll('&amp;', '&'));
  }
  return found;
}

describe('somebody of a team', () => {
  it('sees its models, and nowhere the name of another', async () => {
    const found = await everything(await openFor([team]));
    const shown = [...found].filter(([, page]) => page.includes('our-model')).map(([path]) => path);
    expect(shown).toEqual(expect.arrayContaining(['/', '/alerts', '/monitors', '/models/our-model']));
    expect(shown.length).toBeGreaterThan(10);
    for (const [path, page] of found) expect(page.includes('their-model'), path).toBe(false);
  });

  it('does not see another by its address: no page, chart, file or report', async () => {
    const all = await everything(await openFor(undefined));
    const theirs = [...all.keys()].filter((path) => path.includes('their-model') && !path.includes('?'));
    expect(theirs.length).toBeGreaterThan(8);
    const shown = await openFor([team]);
    for (const path of theirs) {
      const answer = await shown.get(path);
      const page = (await answer.text()).replaceAll(path, '');
      // A list of nothing is one.
      expect([200, 404], path).toContain(answer.status);
      for (const word of ['RMSE is', 'drifted', 'critical:'])
        expect(page.includes(word) && answer.status === 200, `${word} in ${path}`).toBe(false);
      if (path.startsWith('/models/') || /^\/reports\/\w+\/[^/]+\/./.test(path))
        expect(answer.status, path).toBe(404);
    }
  });

  it('of several teams sees the models of all of them; of none that there is, none', async () => {
    expect(await (await (await openFor([team, others])).get('/')).text()).toContain('their-model');
    const nothing = await (await (await openFor(['nobody'])).get('/')).text();
    expect(nothing).not.toMatch(/our-model|their-model/);
  });

  it('sees no page where nothing would keep the rest from being seen', async () => {
    const asOwner = await openFor([team], { database: test.database });
    const answer = await asOwner.get('/');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('the database does not keep teams apart for');
    await bringTeamsTogether(test.database);
    const together = await openFor([team]);
    for (const path of [
      '/',
      '/models/our-model',
      '/models/our-model/drift.csv',
      '/reports/drift/our-model/2024-01-15T00:00:00Z/2024-01-22T00:00:00Z',
    ])
      expect((await together.get(path)).status, path).toBe(503);
    await keepTeamsApart(test.database);
    expect((await together.get('/')).status).toBe(200);
  });
});

it('is of the teams that their groups are named for', () => {
  const teams = { risk: 'fraud', shop: 'pricing', audit: 'fraud' };
  expect(teamsOfGroups(['risk', 'audit', 'staff'], teams)).toEqual(['fraud']);
  expect(teamsOfGroups(['shop', 'risk'], teams)).toEqual(['fraud', 'pricing']);
  expect(teamsOfGroups(['toString', '__proto__'], teams)).toEqual([]);
});
