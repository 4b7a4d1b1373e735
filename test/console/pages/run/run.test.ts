import { describe, expect, it } from 'vitest';

import { storeCheck, storeDrift, storeEvaluation, storeMonitor } from '../../stored-results.ts';
import { useConsole } from '../../use-console.ts';

describe('the page of a run', () => {
  const console = useConsole(async (database) => {
    await storeMonitor(database, 'bikes');
    await storeMonitor(database, 'bikes-east');
    await storeDrift(database, 'bikes-east', { daysAgo: 0, verdict: 'critical' });
    await storeEvaluation(database, 'bikes-east', { daysAgo: 0, rmse: 80, revision: 3, segment: '<b>=1' });
    await storeCheck(database, 'bikes-east', 0, 'warning', 'it is worse');
    // As if one run had stored all of it.
    for (const table of ['drift_runs', 'performance_evaluations', 'degradation_checks'])
      await database.execute(
        `update ${table} set workflow_id = 'drift-detection:bikes-east-2026-11-29T03:00:00Z', run_id = 'r1'`,
      );
  });

  const path = `/runs/${encodeURIComponent('drift-detection:bikes-east-2026-11-29T03:00:00Z')}/r1`;

  it('shows what it stored, from how much, by which code and configuration', async () => {
    const text = await console.text(path);
    expect(text).toMatch(
      /Models › bikes-east .*Run id r1 Speaks for 2026-11-29 UTC Code Tidewatch 0.1.0 Configuration hash the one that is applied now/,
    );
    expect(text).toMatch(/Drift .*2026-11-22 to 2026-11-29 ◆ Critical 1 1 r – as critical/);
    expect(text).toMatch(/Performance .*&lt;b&gt;=1 v1 3, final 90 of 100 90%/);
    expect(text).toMatch(/Degradation .*2026-11-29 ▲ Warning it is worse/);
  });

  it('leads to its steps in the Temporal UI', async () => {
    expect(await console.page(path)).toContain(
      'href="http://127.0.0.1:8233/namespaces/default/workflows/drift-detection%3Abikes-east-2026-11-29T03%3A00%3A00Z/r1/history"',
    );
  });

  it('says where the monitor has changed since', async () => {
    await console.database.execute(
      `update monitors set configuration_hash = 'other' where model = 'bikes-east'`,
    );
    expect(await console.text(path)).toContain('the monitor has changed since');
  });

  it('finds the model of a run whose id a person chose by the query', async () => {
    await console.database.execute(`update degradation_checks set workflow_id = 'try <1>'`);
    const chosen = `/runs/${encodeURIComponent('try <1>')}/r1`;
    expect(await console.text(chosen)).toContain('No result of this run is stored');
    expect(await console.text(`${chosen}?model=bikes-east`)).toContain('it is worse');
  });

  it('of which nothing is known says why that may be', async () => {
    expect(await console.text('/runs/nothing/r9')).toContain('No result of this run is stored');
    expect((await console.get('/runs/%00/r9')).status).toBe(404);
  });
});
