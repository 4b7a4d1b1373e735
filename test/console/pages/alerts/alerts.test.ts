import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { alertPath, retrainingPath } from '../../../../console/pages/paths.ts';
import { TidewatchError } from '../../../../core/errors.ts';
import { createTestDatabase, type TestDatabase } from '../../../setup/servers.ts';
import { fillAlert, fillReport, fillRetraining, retrainingId } from '../../acted-on.ts';
import { byToken, cookiesOf, noActions, openTestConsole, textOf, tokens } from '../../console-world.ts';

const hostile = `<script>alert(1)</script>'; drop table alerts; -- \u202Egnp\u001B[31m 🦊 /?#`;

let filled: TestDatabase;
let empty: TestDatabase;
let hostileKey: string;
beforeAll(async () => {
  [filled, empty] = [await createTestDatabase(), await createTestDatabase()];
  await fillAlert(filled.database, 'bikes');
  hostileKey = await fillAlert(filled.database, hostile, hostile);
  for (const model of ['bikes', hostile]) {
    await fillRetraining(filled.database, model, model);
    await fillReport(filled.database, model);
  }
});
afterAll(async () => {
  await filled.drop();
  await empty.drop();
});

const page = async (path: string, { database } = filled) =>
  (await (await openTestConsole(database)).get(path)).text();
const text = async (path: string, from = filled) => textOf(await page(path, from));

describe('without anything stored', () => {
  it.each([
    [
      '/alerts',
      /No alert is open\. .* See what there has been , or all models \./,
      ['/alerts?state=all', '/'],
    ],
    [
      '/retrainings',
      /No model was retrained yet\. .* what a retraining would do: tidewatch retrain --model my-model --explain .*by hand: tidewatch retrain --model my-model$/,
      [],
    ],
    [
      '/reports',
      /No report is stored yet\. .*tidewatch run drift-detection --model my-model , or tidewatch run weekly-report --model my-model$/,
      [],
    ],
  ])('%s says what to do', async (path, said, leadsTo) => {
    const shown = await page(path, empty);
    expect(textOf(shown)).toMatch(said);
    for (const address of leadsTo) expect(shown).toContain(`<a href="${address}">`);
  });

  it.each([
    ['/alerts?state=all', /No alert is like this\. See all that are not resolved/, '/alerts'],
    ['/retrainings?state=kept', /No retraining is like this\. See all of them/, '/retrainings'],
    ['/reports?kind=drift', /No report is like this\. See all of them/, '/reports'],
  ])('%s leads back', async (path, said, back) => {
    const shown = await page(path, empty);
    expect(textOf(shown)).toMatch(said);
    expect(shown).toContain(`See <a href="${back}">`);
  });

  it.each(['/alerts/drift:gone:hum', '/retrainings/gone/2026-11-20T03:40:00Z', '/alerts/x'])(
    'nothing is at %s',
    async (path) => {
      expect((await (await openTestConsole(empty.database)).get(path)).status).toBe(404);
    },
  );
});

describe('the list of alerts', () => {
  it('says what is known, and why people are not told', async () => {
    expect(await text('/alerts?model=bikes')).toMatch(
      /drift:bikes:hum.*Warning.*open 2 d ago People are not told: maintenance: hum PSI of hum is 0.31 2 d ago/,
    );
  });

  it('shows what is asked for, and counts what is not resolved', async () => {
    expect(await text('/alerts')).toMatch(/Not resolved 2 .*Open 2 .*Acknowledged 0/);
    for (const query of [
      'severity=critical',
      'kind=degradation',
      'state=resolved',
      'model=nothing',
      'page=9',
    ])
      expect(await text(`/alerts?${query}`), query).not.toContain('drift:bikes:hum');
    for (const query of ['severity=warning', 'kind=drift', 'state=all', 'state=nonsense'])
      expect(await text(`/alerts?${query}`), query).toContain('drift:bikes:hum');
  });
});

describe('an alert', () => {
  it('shows what is known now, what first, what has happened, and whom it was told', async () => {
    expect(await text(alertPath('drift:bikes:hum'))).toMatch(
      /What is known now PSI of hum is 0.31 It was opened of: PSI of hum is 0.27 PSI 0.31, limit 0.2 .*opened .*email a@example.org : delivered .*slack on-call : held \(maintenance: hum; told then if it is still open\)/,
    );
  });

  it('links to its report, runbook, run and workflows', async () => {
    const shown = await page(alertPath('drift:bikes:hum'));
    for (const address of [
      '/reports/drift/m/2026-11-20T00:00:00Z/2026-11-27T00:00:00Z',
      '/runbooks/DataDriftDetected',
      '/runs/drift-detection%3Abikes/run-1',
      'http://127.0.0.1:8233/namespaces/default/workflows/drift-detection%3Abikes/run-1',
      'http://127.0.0.1:8233/namespaces/default/workflows/alert-lifecycle%3Adrift%3Abikes%3Ahum',
    ])
      expect(shown).toContain(`href="${address}"`);
  });
});

describe('a retraining', () => {
  it('is listed with what it has cost and gained', async () => {
    expect(await text('/retrainings?model=bikes')).toMatch(
      /awaiting-approval until 2026-11-30 00:00 1 → 2-challenger yes RMSE better by 60 \(55 to 65\), 46% 120 5/,
    );
    expect(await text('/retrainings?state=kept')).toContain('No retraining is like this');
  });

  it('shows its steps, gates with intervals, verification and lineage, and what can be decided', async () => {
    const shown = await text(retrainingPath('bikes', retrainingId));
    expect(shown).toMatch(/Approve Reject Cancel More time .*Extend/);
    expect(shown).toMatch(/Passed on 168 held-out rows.*45.1 → 31.2 31% \(28% to 33%\) 168/);
    expect(shown).toMatch(/Has it helped|Side by side/);
    expect(shown).toMatch(/Paid after 5 days/);
    expect(shown).toMatch(/It is candidate now\..*trainer bikes/);
  });
});

describe('the list of reports', () => {
  it('links to each', async () => {
    const shown = await page('/reports/performance/bikes');
    expect(shown).toContain('/reports/performance/bikes/2026-11-20T00:00:00Z/2026-11-27T00:00:00Z');
    expect(textOf(shown)).toMatch(/2026-11-20 to 2026-11-27 .*Performance bikes .*Warning of bikes/);
    expect(textOf(await page('/reports/drift'))).toContain('No report is like this');
  });
});

describe('a report', () => {
  it('brings its own style, and may do nothing else', async () => {
    const body = '<!doctype html><style>p { margin: 0 }</style><p>drifted</p>';
    const console = await openTestConsole(filled.database, {
      documents: async (path) =>
        path.startsWith('/reports/drift/a%20b/')
          ? { status: 200, type: 'text/html; charset=utf-8', body }
          : { status: 404, type: 'text/plain', body: 'none' },
    });
    const answer = await console.get('/reports/drift/a%20b/2026-11-20T00:00:00Z/2026-11-27T00:00:00Z');
    expect(await answer.text()).toBe(body);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const none = await console.get('/runbooks/Nothing');
    expect(none.status).toBe(404);
    expect(none.headers.get('content-security-policy')).not.toContain('unsafe');
  });
});

describe('a hostile name', () => {
  it.each(['/alerts', '/retrainings', '/reports'])('is text in %s', async (path) => {
    const shown = await page(path);
    expect(shown).toContain('&lt;script&gt;alert(1)');
    expect(shown).not.toContain('<script>alert');
  });

  it('is text on its own pages', async () => {
    for (const path of [alertPath(hostileKey), retrainingPath(hostile, retrainingId)]) {
      const shown = await page(path);
      expect(shown).toContain('&lt;script&gt;alert(1)');
      expect(shown).not.toContain('<script>alert');
    }
  });
});

describe('an action', () => {
  const key = 'drift:bikes:hum';
  const rows = () =>
    filled.database.query<{ outcome: string; action: string; said: string }>(
      'select outcome, action, said from audit_events order by audit_id desc limit 1',
    );

  it('is of operators', async () => {
    const console = await openTestConsole(filled.database, { access: byToken });
    const viewer = { authorization: `Bearer ${tokens.viewer}` };
    expect(textOf(await (await console.get(alertPath(key), viewer)).text())).toContain(
      'Sign in as an operator',
    );
    expect((await console.post(`${alertPath(key)}/acknowledge`, {}, viewer)).status).toBe(403);
  });

  it.each([
    [
      new TidewatchError('TEMPORAL_UNREACHABLE', { address: '127.0.0.1:1', reason: 'refused' }),
      'refused',
      'Temporal at 127.0.0.1:1 does not answer',
    ],
    [
      new TidewatchError('UPDATE_UNANSWERED', { seconds: 10, taskQueue: 'tidewatch' }),
      'failed',
      'No worker answered within 10 s',
    ],
  ] as const)('that cannot be done says why on the page that it was on: %s', async (error, outcome, said) => {
    const console = await openTestConsole(filled.database, {
      actions: {
        ...noActions,
        changeAlert: async () => {
          throw error;
        },
      },
    });
    const answer = await console.post(`${alertPath(key)}/acknowledge`, { note: 'mine' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, alertPath(key)]);
    const back = await console.get(alertPath(key), { cookie: cookiesOf(answer) });
    expect(textOf(await back.text())).toContain(said);
    expect(await rows()).toMatchObject([{ outcome, action: 'alert.acknowledge' }]);
    expect(console.logged).toEqual([]);
  });
});
