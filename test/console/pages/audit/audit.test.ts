import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { noteAccess, noteOutcome, noteRequest } from '../../../../console/server/audit.ts';
import { openDatabase } from '../../../../sql/database.ts';
import { createTestDatabase, type TestDatabase } from '../../../setup/servers.ts';
import { byToken, openTestConsole, textOf, tokens } from '../../console-world.ts';

const hostile = `<script>alert(1)</script>\u202Egnp\u001B[31m 🦊`;

let filled: TestDatabase;
let empty: TestDatabase;
beforeAll(async () => {
  [filled, empty] = [await createTestDatabase(), await createTestDatabase()];
  const { database } = filled;
  const ana = { name: 'ana@example.org', role: 'operator', identity: '7f3' } as const;
  const at = { viewer: ana, address: '203.0.113.7' };
  const snoozed = await noteRequest(database, {
    ...at,
    action: 'alert.snooze',
    model: 'bikes',
    subject: 'drift:bikes:hum',
    details: { note: 'a fair is in town', for: '4h', seen: '1 1 x' },
  });
  await noteOutcome(database, snoozed, 'done', 'snoozed until tomorrow by ana@example.org');
  await noteRequest(database, {
    ...at,
    action: 'retraining.approve',
    model: 'flights',
    subject: '2026-11-20T03:40:00Z',
    details: { for: '1d' },
  });
  const eve = { who: { name: hostile }, action: 'sign-in', subject: 'token', address: '2001:db8::1' };
  await noteAccess(database, {
    ...eve,
    outcome: 'refused',
    said: 'This token is not known.',
    details: { unrecorded: '340' },
  });
  const bob = { name: 'bob', role: 'viewer' } as const;
  await noteAccess(database, {
    who: bob,
    action: 'sign-out',
    subject: 'console',
    outcome: 'done',
    said: '=bob is out',
  });
});
afterAll(async () => {
  await filled.drop();
  await empty.drop();
});

const page = async (query = '', { database } = filled) =>
  (await (await openTestConsole(database)).get(`/audit${query}`)).text();

describe('the list of what people did', () => {
  it('says who, as whom and from where, what, on what, and how it ended, the newest first', async () => {
    expect(textOf(await page())).toMatch(
      new RegExp(
        [
          'bob viewer sign-out console .*Done =bob is out',
          'not let in, 2001:db8::1 sign-in token .*Refused This token is not known. and 340 before it, which have no row',
          'ana@example.org operator, known as 7f3, 203.0.113.7 retraining.approve 2026-11-20T03:40:00Z flights .*Nobody knows',
          'alert.snooze drift:bikes:hum bikes .*Done snoozed until tomorrow by ana@example.org “a fair is in town” for 4h',
        ].join('.*'),
      ),
    );
    expect(await page()).toContain('href="/alerts/drift%3Abikes%3Ahum"');
    expect(await page()).toContain('href="/retrainings/flights/2026-11-20T03%3A40%3A00Z"');
  });

  it.each([
    ['?model=BIKE', ['alert.snooze']],
    ['?person=ana', ['retraining.approve', 'alert.snooze']],
    ['?person=7f3', ['retraining.approve', 'alert.snooze']],
    ['?person=7f', []],
    ['?person=ana&model=flights', ['retraining.approve']],
    ['?kind=sign-ins', ['sign-out', 'sign-in']],
    ['?kind=actions', ['retraining.approve', 'alert.snooze']],
    ['?kind=refused', ['sign-in']],
    ['?kind=nonsense&page=-1', ['sign-out', 'sign-in', 'retraining.approve', 'alert.snooze']],
    ['?page=9', []],
    [`?person=${encodeURIComponent(`%' or true --`)}`, []],
  ])('shows what is asked for: %s', async (query, actions) => {
    const shown = [...(await page(query)).matchAll(/data-name="Action">([^<]*)</g)].map(
      ([, action]) => action,
    );
    expect(shown).toEqual(actions);
  });

  it('is a file as well, of the same events', async () => {
    const console = await openTestConsole(filled.database);
    expect(await page('?kind=sign-ins')).toContain('href="/audit.csv?kind=sign-ins"');
    const answer = await console.get('/audit.csv?kind=sign-ins');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''audit.csv`);
    const [head, ...rows] = (await answer.text()).trim().split('\r\n');
    expect(head).toBe('recorded_at,actor,role,identity,address,action,model,subject,details,outcome,said');
    expect(rows[0]).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z,bob,viewer,,,sign-out,,console,\{\},done,'=bob is out$/,
    );
    expect(rows).toHaveLength(2);
  });

  it('is for operators', async () => {
    const console = await openTestConsole(filled.database, { access: byToken });
    const as = (role: keyof typeof tokens) => ({ authorization: `Bearer ${tokens[role]}` });
    for (const path of ['/audit', '/audit.csv']) {
      const refused = await console.get(path, as('viewer'));
      expect([refused.status, await refused.text()]).toEqual([403, expect.not.stringContaining('bikes')]);
      expect((await console.get(path, as('operator'))).status).toBe(200);
    }
    expect(await (await console.get('/', as('viewer'))).text()).not.toContain('href="/audit"');
    expect(await (await console.get('/', as('operator'))).text()).toContain('href="/audit"');
  });

  it('shows a hostile name as text', async () => {
    const text = await page();
    expect(text).toContain('&lt;script&gt;alert(1)');
    expect(text).not.toContain('<script>alert');
  });

  it('says what to do where nothing is recorded', async () => {
    const shown = await page('', empty);
    expect(textOf(shown)).toMatch(/Nothing is recorded yet\. .*Act on an alert or a retraining \./);
    expect(shown).toMatch(/Act on <a href="\/alerts">.*<a href="\/retrainings">/);
    const filtered = await page('?model=x', empty);
    expect(textOf(filtered)).toContain('Nothing recorded is like this. See all of it');
    expect(filtered).toContain('See <a href="/audit">');
  });
});

interface Plan {
  readonly 'Actual Rows': number;
  readonly Plans?: readonly Plan[];
}

const rowsOf = ({ 'Actual Rows': rows, Plans: below = [] }: Plan): number[] => [
  rows,
  ...below.flatMap(rowsOf),
];

describe('of very many events', () => {
  let many: TestDatabase;
  const statements: string[] = [];
  beforeAll(async () => {
    many = await createTestDatabase();
    await many.database.execute(
      `insert into audit_events (actor, role, action, model, subject, outcome)
       select 'ana', 'operator', 'alert.comment', 'bikes', 'a', 'done' from generate_series(1, 30000)`,
    );
  });
  afterAll(() => many.drop());

  const look = async (query: string): Promise<string> => {
    const database = openDatabase({
      url: many.url,
      poolSize: 2,
      observe: (text) => void statements.push(text),
    });
    try {
      return textOf(await (await (await openTestConsole(database)).get(`/audit${query}`)).text());
    } finally {
      await database.close();
    }
  };

  it('says that there are more than were counted, and reads no more of them', async () => {
    expect(await look('')).toContain('1 to 50 of more than 10,000');
    const count = statements.find((text) => text.includes('count(*) as count from'))!;
    const [row] = await many.database.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
      `explain (analyze, format json) ${count}`,
      [null, null, null, 10_001],
    );
    expect(Math.max(...rowsOf(row!['QUERY PLAN'][0]!.Plan))).toBe(10_001);
  });

  it('the last page is that of the last one counted', async () => {
    expect(await look('?page=9999')).toContain('9,951 to 10,000 of more than 10,000');
    expect(await look('?person=nobody')).toContain('Nothing recorded is like this');
  });
});
