import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

import { gaugeCatalog } from '../../../activities/metrics/catalog.ts';
import { alertKinds } from '../../../core/alert/alert.ts';
import { runbookOf } from '../../../core/alert/runbooks.ts';
import { dashboards } from '../../../ops/grafana/dashboards/index.ts';
import { addresses } from '../../../ops/grafana/parts/frame.ts';
import { textOf } from '../../../ops/grafana/write-dashboards.ts';
import { readComposeFile } from '../compose-file.ts';
import { opsDirectory, readRuleFiles } from '../prometheus-rules.ts';
import { grafanaDirectory, readDashboards, readTargets } from './targets.ts';

const files = await readDashboards();
const targets = await readTargets();
const compose = await readComposeFile(join(opsDirectory, '../docker-compose.yml'), {});
const readProvisioning = async <T>(file: string): Promise<T> =>
  parse(await readFile(join(grafanaDirectory, 'provisioning', file), 'utf8')) as T;
interface DataSource {
  readonly name: string;
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly secureJsonData?: Readonly<Record<string, string>>;
}
const { datasources } = await readProvisioning<{ datasources: readonly DataSource[] }>(
  'datasources/tidewatch.yaml',
);

describe('the committed dashboards', () => {
  it.each(Object.entries(dashboards))('%s is what its code makes', async (name, dashboard) => {
    const text = await readFile(join(grafanaDirectory, 'json', `${name}.json`), 'utf8');
    expect(text, 'run `npm run dashboards`').toBe(textOf(dashboard));
  });

  it('are those that have code, and no others', async () => {
    const names = await readdir(join(grafanaDirectory, 'json'));
    expect(names.toSorted()).toEqual(
      Object.keys(dashboards)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
  });

  it('have a name and an address of their own, and cannot be changed by hand', () => {
    expect(new Set(files.map(({ uid }) => uid)).size).toBe(files.length);
    expect(new Set(files.map(({ title }) => title)).size).toBe(files.length);
    expect(files.filter(({ editable, description }) => editable || description === '')).toEqual([]);
  });

  it('have panels that say what they show, with a unit where they show numbers, and fit the page', () => {
    for (const { title: dashboard, panels } of files) {
      const shown = panels.filter(({ type }) => type !== 'row');
      expect(new Set(panels.map(({ id }) => id)).size, dashboard).toBe(panels.length);
      const titles = shown.map(({ title }) => title);
      expect(new Set(titles).size, dashboard).toBe(titles.length);
      for (const { title, type, description, gridPos, targets: asked, fieldConfig } of shown) {
        const where = `${dashboard}: ${title}`;
        expect(description, where).toMatch(/^[^a-z].*[.?]$/s);
        expect(gridPos.x + gridPos.w, where).toBeLessThanOrEqual(24);
        expect(asked?.length, where).toBeGreaterThan(0);
        if (['timeseries', 'heatmap', 'bargauge', 'histogram'].includes(type))
          expect(fieldConfig?.defaults.unit, where).toBeTypeOf('string');
      }
    }
  });

  it('ask data sources that they let people choose, the provisioned ones at first', () => {
    for (const { title, templating } of files) {
      const sources = templating.list.filter(({ type }) => type === 'datasource');
      expect(
        sources.map(({ name }) => name),
        title,
      ).toEqual(['prometheus', 'postgres']);
    }
    const texts = Object.values(dashboards).map((dashboard) => textOf(dashboard));
    const chosen = texts.flatMap((text) =>
      [...text.matchAll(/"value": "(tidewatch-[a-z]+)"/g)].map(([, uid]) => uid!),
    );
    expect([...new Set(chosen)].toSorted()).toEqual(['tidewatch-postgres', 'tidewatch-prometheus']);
    for (const uid of chosen) expect(datasources.map((source) => source.uid)).toContain(uid);
  });

  it('use no variable that they do not have', () => {
    for (const { title, templating } of files) {
      const own = new Set(templating.list.map(({ name }) => name));
      const used = targets
        .filter(({ dashboard }) => dashboard === title)
        .flatMap(({ query }) => [...query.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name!));
      expect(
        used.filter((name) => !own.has(name)),
        title,
      ).toEqual([]);
    }
  });

  it('bound what they read: a time range, a limit, or one row', () => {
    const unbound = targets.filter(
      ({ source, query }) =>
        source === 'postgres' && !/\blimit \d|count\(\*\)|from monitors|group by/.test(query),
    );
    expect(unbound.map(({ panel }) => panel)).toEqual([]);
  });
});

describe('what dashboards ask of exporters', () => {
  const panelsAsking = (metric: RegExp): readonly string[] => [
    ...new Set(
      targets
        .filter(
          ({ source, query, panel }) =>
            source === 'prometheus' && metric.test(query) && !panel.startsWith('$'),
        )
        .map(({ panel }) => panel),
    ),
  ];

  it('is what stays empty without node_exporter', () => {
    expect(panelsAsking(/\bnode_/)).toEqual([
      'CPU of the machine',
      'Memory of the machine',
      'Disks of the machine',
      'Disk traffic of the machine',
      'Network of the machine',
    ]);
  });

  it('is what stays empty without postgres_exporter', () => {
    expect(panelsAsking(/\bpg_/)).toEqual([
      'Connections to Postgres',
      'Transactions of Postgres',
      'Size of the databases',
    ]);
  });
});

describe('what dashboards ask of Prometheus', () => {
  const queries = targets.filter(({ source }) => source === 'prometheus').map(({ query }) => query);
  const names = [...new Set(queries.flatMap((query) => query.match(/[a-zA-Z_:][\w:]*/g) ?? []))];

  it('are series that a rule records', async () => {
    const recorded = new Set((await readRuleFiles()).recorded.map(({ record }) => record));
    const read = names.filter((name) => /^(service|model|process):/.test(name));
    expect(read.length).toBeGreaterThan(10);
    expect(read.filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('are gauges that are pushed', () => {
    const read = names.filter((name) =>
      /^(data_drift_|feature_|model_|tidewatch_last|tidewatch_window)/.test(name),
    );
    expect(read.length).toBeGreaterThan(10);
    expect(read.filter((name) => !Object.hasOwn(gaugeCatalog, name))).toEqual([]);
  });

  it('are of jobs that are scraped', async () => {
    const { scrape_configs: jobs } = parse(
      await readFile(join(opsDirectory, 'prometheus/prometheus.yml'), 'utf8'),
    ) as { scrape_configs: readonly { job_name: string }[] };
    const asked = queries.flatMap((query) => [...query.matchAll(/job="([\w-]+)"/g)].map(([, job]) => job!));
    // The job of what is pushed: the scrape keeps it.
    const known = ['tidewatch', ...jobs.map(({ job_name: name }) => name)];
    expect([...new Set(asked)].filter((job) => !known.includes(job))).toEqual([]);
  });
});

describe('links of dashboards', () => {
  it('lead to the console, the runbooks and Temporal, at the ports of docker-compose.yml', () => {
    for (const { title, links } of files)
      expect(
        links.map((link) => link.title),
        title,
      ).toEqual(['Dashboards', 'Console', 'Runbooks', 'Temporal']);
    const published = Object.values(compose.services).flatMap(({ ports }) => ports);
    const hostOf = (url: string): string => new URL(url).host;
    for (const [service, url] of Object.entries({
      console: addresses.console,
      worker: addresses.worker,
      'temporal-ui': addresses.temporal,
    })) {
      const [port] = compose.services[service]!.ports;
      expect(published).toContain(port);
      expect(port!.startsWith(`${hostOf(url)}:`)).toBe(true);
    }
  });

  it('know the runbook of every kind of alert', () => {
    const { query } = targets.find(({ panel }) => panel === 'Alerts that are not resolved')!;
    for (const kind of alertKinds)
      expect(query).toContain(`when '${kind}' then '${runbookOf(kind).replace('.md', '')}'`);
  });
});

describe('the Grafana of docker-compose.yml', () => {
  const grafana = compose.services['grafana']!;

  it('has no default password, no sign-up and no guests', () => {
    expect(grafana.environment).toMatchObject({
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana-admin-password',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
    });
  });

  it('reads services that are there, by a password from a file', () => {
    for (const { name, url, secureJsonData } of datasources) {
      const [host] = url.replace(/^https?:\/\//, '').split(':');
      expect(Object.keys(compose.services), name).toContain(host);
      for (const secret of Object.values(secureJsonData ?? {}))
        expect(secret).toMatch(/^\$__file\{\/run\/secrets\//);
    }
  });

  it('finds the dashboards where they are mounted, and begins with the overview', async () => {
    const { providers } = await readProvisioning<{ providers: readonly { options: { path: string } }[] }>(
      'dashboards/tidewatch.yaml',
    );
    const path = providers[0]!.options.path;
    expect(grafana.volumes).toContain(`./ops/grafana/json:${path}:ro`);
    const home = String(grafana.environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']);
    expect(home).toBe(`${path}/overview.json`);
  });
});
