import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

import { prometheusToolsMissing, runTool } from '../setup/prometheus-tools.ts';
import { opsDirectory, readRuleFiles } from './prometheus-rules.ts';

const file = 'alertmanager/alertmanager.yml';
const text = await readFile(join(opsDirectory, file), 'utf8');
const { alerts } = await readRuleFiles();

interface Route {
  readonly receiver: string;
  readonly group_by?: readonly string[];
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

interface Configuration {
  readonly route: Route;
  readonly inhibit_rules: readonly Record<
    'source_matchers' | 'target_matchers' | 'equal',
    readonly string[]
  >[];
}

const configuration = parse(text) as Configuration;

describe('the routes of the Alertmanager', () => {
  it('have no secret written down: each is the name of a file', () => {
    const secrets = text.match(/^ .*(api_url|password|routing_key|service_key|token|secret)\w*:.*$/gm) ?? [];
    expect(secrets.length).toBeGreaterThan(2);
    expect(secrets.filter((line) => !/_file: \/etc\/alertmanager\/secrets\/[a-z-]+$/.test(line))).toEqual([]);
  });

  it('repeat a critical alert every hour, and any other every four', () => {
    const { route } = configuration;
    expect(route.repeat_interval).toBe('4h');
    const own = route.routes!.filter(({ repeat_interval: interval }) => interval !== undefined);
    expect(own).toMatchObject([{ receiver: 'pager', repeat_interval: '1h' }]);
  });

  it('make one message of what fires of one model, whatever features it is about', () => {
    expect(configuration.route.group_by).toEqual(['alertname', 'model', 'job']);
  });

  it('hold back the warning of what is critical, about the same and nothing else', () => {
    expect(configuration.inhibit_rules).toContainEqual({
      source_matchers: ['severity="critical"'],
      target_matchers: ['severity="warning"'],
      equal: ['alertname', 'model', 'job', 'subject'],
    });
  });

  it('name only alerts that there are', () => {
    const named = configuration.inhibit_rules
      .flatMap(({ source_matchers: source, target_matchers: target }) => [...source, ...target])
      .flatMap((matcher) => /^alertname=~?"(.*)"$/.exec(matcher)?.[1]!.split('|') ?? []);
    const known = new Set(alerts.map(({ alert }) => alert));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe.skipIf(prometheusToolsMissing)('amtool (skipped where it is not on PATH)', () => {
  it('accepts the configuration', async () => {
    const { ok, output } = await runTool('amtool', ['check-config', file], opsDirectory);
    expect(ok, output).toBe(true);
  });

  const receiverOf = { critical: 'pager', warning: 'slack' } as const;
  const levels = alerts.map(({ alert, labels: { severity } }) => [alert, severity] as const);

  it.each(levels)('sends %s, %s, where it belongs', async (alertname, severity) => {
    expect(await receivers([`alertname=${alertname}`, `severity=${severity}`, 'model=house-prices'])).toEqual(
      receiverOf[severity],
    );
  });

  it.each([[['severity=info']], [['alertname=Anything']]])('sends %s by e-mail', async (labels) => {
    expect(await receivers(labels)).toBe('email');
  });

  async function receivers(labels: readonly string[]): Promise<string> {
    const args = ['config', 'routes', 'test', `--config.file=${file}`, ...labels];
    return (await runTool('amtool', args, opsDirectory)).stdout.trim();
  }
});
