import { access, readdir, readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { gaugeCatalog } from '../../activities/metrics/catalog.ts';
import { alertKinds } from '../../core/alert/alert.ts';
import { runbookOf } from '../../core/alert/runbooks.ts';
import { prometheusToolsMissing, runTool } from '../setup/prometheus-tools.ts';
import { opsDirectory, readRuleFiles, runbookDirectory } from './prometheus-rules.ts';

const { alerts, recorded, expectations } = await readRuleFiles();
const names = [...new Set(alerts.map(({ alert }) => alert))].toSorted();
const expressions = [...alerts, ...recorded].map(({ expr }) => expr);

/** Names in an expression, labels and functions among them. */
const wordsOf = (expression: string): readonly string[] => expression.match(/[a-zA-Z_:][\w:]*/g) ?? [];

describe('the rules of Prometheus', () => {
  it('have an alert for everything that people are to be told of', () => {
    expect(names).toEqual([
      'DataDriftDetected',
      'DataPipelineDelay',
      'DeadMan',
      'DriftRatioCritical',
      'HighAPILatency',
      'HighErrorRate',
      'LatencyRegression',
      'ModelAccuracyDrop',
      'ModelDegradation',
      'SLOBurn',
      'ServiceDown',
      'StalePush',
    ]);
  });

  it.each(names)('%s is tested to fire and not to fire', (name) => {
    const outcomes = expectations.filter(({ alert }) => alert === name).map(({ fires }) => fires);
    expect(new Set(outcomes)).toEqual(new Set([true, false]));
  });

  it.each([
    ['HighAPILatency', 'critical', '5m', 'latency_seconds', 1],
    ['HighAPILatency', 'warning', '5m', 'latency_seconds', 0.5],
    ['HighErrorRate', 'critical', '5m', 'error_ratio', 0.05],
    ['ModelDegradation', 'critical', '1h', 'rmse', 1],
    ['ModelAccuracyDrop', 'critical', '5m', 'accuracy', 0.75],
    ['DataDriftDetected', 'warning', '5m', 'drift_score', 0.1],
    ['DriftRatioCritical', 'critical', '5m', 'drift_ratio', 0.3],
    ['DataPipelineDelay', 'warning', '10m', 'data_age_seconds', 3600],
    ['LatencyRegression', 'warning', '30m', 'latency_increase', 0.2],
    ['SLOBurn', 'critical', undefined, 'availability', 0.99],
  ])('%s, %s, waits %s and compares with the limit %s of %d', (alert, severity, wait, limit, value) => {
    const fits = (given: { readonly alert: string; readonly labels: { readonly severity: string } }) =>
      given.alert === alert && given.labels.severity === severity;
    expect(alerts.find(fits)?.for).toBe(wait);
    const numbers = recorded.filter(
      ({ record, labels }) =>
        record === `tidewatch:limit:${limit}` && [undefined, severity].includes(labels['severity']),
    );
    expect(numbers[0]?.expr).toBe(`vector(${value})`);
  });

  it('compare with limits that are there, and leave none unused', () => {
    const limits = recorded.map(({ record }) => record).filter((name) => name.startsWith('tidewatch:limit:'));
    const used = expressions.flatMap(wordsOf).filter((word) => word.startsWith('tidewatch:limit:'));
    expect([...new Set(used)].toSorted()).toEqual([...new Set(limits)].toSorted());
  });

  it('read recorded series that are there, and leave no limit, copy or ratio of an alert unmade', () => {
    const made = new Set(recorded.map(({ record }) => record));
    const read = expressions.flatMap(wordsOf).filter((word) => /^(service|model|process):/.test(word));
    expect(read.filter((name) => !made.has(name))).toEqual([]);
  });

  it('read gauges that are pushed', () => {
    const pushed = new Set<string>(Object.keys(gaugeCatalog));
    const ofTidewatch =
      /^(data_drift_(?!requests)|data_freshness_|feature_|model_(?!prediction|inference)|tidewatch_)/;
    const read = expressions.flatMap(wordsOf).filter((word) => ofTidewatch.test(word));
    expect(read.length).toBeGreaterThan(5);
    expect([...new Set(read)].filter((name) => !pushed.has(name))).toEqual([]);
  });
});

describe('the runbooks', () => {
  it('are in the table of ops/README.md', async () => {
    const readme = await readFile(`${opsDirectory}/README.md`, 'utf8');
    const rows = [...readme.matchAll(/^\| \[(\w+)\]\(\.\.\/docs\/runbooks\/(\w+)\.md\)/gm)];
    expect(rows.filter(([, alert, page]) => alert !== page)).toEqual([]);
    expect(rows.map(([, alert]) => alert!).toSorted()).toEqual(names);
  });

  it('are one page an alert, of Prometheus or of Tidewatch itself', async () => {
    const pages = (await readdir(runbookDirectory)).toSorted();
    const wanted = new Set([...names.map((name) => `${name}.md`), ...alertKinds.map(runbookOf)]);
    expect(pages).toEqual([...wanted].toSorted());
  });

  it('say what it means, how to look, what to do and how to silence it', async () => {
    for (const page of await readdir(runbookDirectory)) {
      const text = await readFile(`${runbookDirectory}/${page}`, 'utf8');
      expect(text, page).toMatch(new RegExp(`^# ${page.replace('.md', '')}\n`));
      const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      expect(headings, page).toEqual(['What it means', 'How to look', 'What to do', 'How to silence it']);
      const links = [...text.matchAll(/\]\((\w+\.md)\)/g)].map(([, link]) => link!);
      await Promise.all(links.map((link) => access(`${runbookDirectory}/${link}`)));
    }
  });

  it('are linked from their alerts, at the address where Prometheus serves them', () => {
    const links = alerts.map(({ alert, annotations }) => [alert, annotations.runbook_url]);
    expect(links).toEqual(alerts.map(({ alert }) => [alert, `{{ $externalURL }}/user/${alert}.md`]));
  });
});

describe.skipIf(prometheusToolsMissing)('promtool (skipped where it is not on PATH)', () => {
  it('accepts the configuration and every rule', async () => {
    const { ok, output } = await runTool(
      'promtool',
      ['check', 'config', 'prometheus/prometheus.yml'],
      opsDirectory,
    );
    expect(ok, output).toBe(true);
  });

  // Three days in steps of four minutes and a week in steps of ten: seconds, on a busy machine a minute.
  it('sees every alert fire where it must, and nowhere else', { timeout: 240_000 }, async () => {
    const files = (await readdir(`${opsDirectory}/prometheus/tests`)).filter((name) =>
      name.endsWith('.yaml'),
    );
    const paths = files.map((name) => `prometheus/tests/${name}`);
    const { ok, output } = await runTool('promtool', ['test', 'rules', ...paths], opsDirectory);
    expect(ok, output).toBe(true);
  });
});
