import { describe, expect, it } from 'vitest';

import { toTimestamp } from '../../../../sql/database.ts';
import { now, textOf } from '../../console-world.ts';
import {
  storeCheck,
  storeClassifier,
  storeDrift,
  storeEvaluation,
  storeMonitor,
} from '../../stored-results.ts';
import { useConsole } from '../../use-console.ts';

describe('the list of all models', () => {
  const console = useConsole(async (database) => {
    await storeMonitor(database, 'bikes');
    await storeCheck(database, 'bikes', 1, 'ok', 'all is well');
    await storeCheck(database, 'bikes', 0, 'critical', 'RMSE over 7 days 82.1 is above 70');
    for (const [daysAgo, rmse] of [
      [2, 60],
      [1, null],
      [0, 75],
    ] as const)
      await storeEvaluation(database, 'bikes', { daysAgo, rmse });
    // None of these speaks for the model.
    await storeEvaluation(database, 'bikes', { daysAgo: 0, rmse: 79, version: 'v0', predictions: 0 });
    await storeEvaluation(database, 'bikes', { daysAgo: 0, rmse: 78, days: 1 });
    await storeEvaluation(database, 'bikes', { daysAgo: 0, rmse: 77, segment: 'workingday=1' });
    // The newest revision does.
    await storeEvaluation(database, 'bikes', { daysAgo: 0, rmse: 82.1, revision: 2 });
    await storeDrift(database, 'bikes', { daysAgo: 1, verdict: 'ok' });
    await storeDrift(database, 'bikes', { daysAgo: 0, verdict: 'warning' });
    await storeDrift(database, 'bikes', { daysAgo: 0, verdict: 'critical', days: 1 });
    await database.execute(
      `insert into model_versions (model, version, stage, registered_at, promoted_at) values ('bikes', '<v2>', 'champion', now(), now()), ('bikes', 'v1', 'archived', now(), now())`,
    );
    await database.execute(
      `insert into outcome_summaries (model, hour, segment, version, prediction_count, outcome_count, content, settings_hash) values ('bikes', $1, '', 'v1', 1, 1, '', '')`,
      [toTimestamp(now - 3 * 3_600_000)],
    );
    await database.execute(
      `insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, resolved_as_of, observed_as_of, latest)
       values ('bikes', 'a', 1, 'degradation', 'a', 'warning', 'open', '', now(), null, now(), '{}'), ('bikes', 'b', 1, 'degradation', 'b', 'critical', 'acknowledged', '', now(), null, now(), '{}'),
         ('bikes', 'c', 1, 'degradation', 'c', 'critical', 'resolved', '', now(), now(), now(), '{}')`,
    );
    await storeMonitor(database, 'new-model');
    await database.execute(
      `insert into process_watermarks (model, process, as_of, window_end) values ('<img src=x onerror=alert(1)>', 'drift-detection', now(), now())`,
    );
  });

  it('says of each model its verdict and why, how good it is now, how fresh its data are, its open alerts and its champion', async () => {
    expect(await console.text('/')).toMatch(
      /bikes ◆ Critical 2026-11-29 RMSE over 7 days 82.1 is above 70; dataset warning: as warning RMSE 82.1 90% 3 h ago 2 &lt;v2&gt;/,
    );
  });

  it('draws the metric that speaks for the model with its limit, a gap where it was not computable, and the drift runs of its window', async () => {
    const page = await console.page('/');
    expect(page).toContain('aria-label="RMSE over 7d in 3 windows, now 82.1, limit 70"');
    expect(page).toMatch(/<path class="line" d="M3 27 ?M117 3"/);
    expect(page).toContain('aria-label="Drift in 2 runs: 1 warning, 1 OK"');
  });

  it('says of a model without results what there is not yet', async () => {
    expect(await console.text('/')).toContain(
      'new-model ? Not judged not evaluated yet no run yet – none yet 0 –',
    );
  });

  it('names those that nobody watches any more, whatever they are called', async () => {
    const page = await console.page('/');
    expect(textOf(page)).toContain('No longer watched');
    expect(page).toContain('<bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>');
    expect(page).toContain('href="/models/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"');
  });

  it('finds by a part of the name and by verdict, and says where nothing is like this', async () => {
    expect(await console.text('/?search=BIK')).not.toContain('new-model ?');
    expect(await console.text('/?verdict=insufficient-data')).not.toContain('RMSE 82.1');
    expect(await console.text(`/?search=${encodeURIComponent('"><script>')}`)).toContain(
      'No model is like this',
    );
    expect(await console.page(`/?search=${encodeURIComponent('"><script>')}`)).toContain(
      'value="&quot;&gt;&lt;script&gt;"',
    );
  });

  it('still lists a model whose monitor another version has stored, and says what to do', async () => {
    await console.database.execute(
      `insert into monitors (model, configuration, configuration_hash) values ('old', '{"task": "ranking"}', '')`,
    );
    expect(await console.text('/')).toContain('its monitor is of another version: run tidewatch apply');
    await console.database.execute(`delete from monitors where model = 'old'`);
  });

  it('shows of a classification model the metric that speaks for it, which is better when higher, and its limit', async () => {
    await storeClassifier(console.database, 'flights');
    const page = await console.page('/?search=flights');
    expect(textOf(page)).toMatch(
      /flights ◆ Critical 2026-11-29 ROC AUC over 7 days 0\.652 is below 0\.7 ROC AUC 0\.652 no run yet 90%/,
    );
    expect(page).toContain('aria-label="ROC AUC over 7d in 3 windows, now 0.652, limit 0.7"');
    // From 0.81 at the top to 0.652 at the bottom, the limit between them.
    expect(page).toMatch(
      /<path class="limit" d="M0 19\.7H120"[\s\S]*<path class="line" d="M3 3 ?L60 13\.6 ?L117 27"/,
    );
  });
});

describe('the list of no model', () => {
  const console = useConsole();
  it('says how to begin', async () => {
    expect(await console.text('/')).toMatch(
      /No model is watched yet\. .*tidewatch init .*tidewatch apply .*tidewatch worker/,
    );
  });
});
