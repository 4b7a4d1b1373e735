/** What the profiles of logs and traces run agrees with itself: their own programs check the rest, where they run. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

import { runFields, type RunField } from '../../core/process/run-fields.ts';
import { readComposeFile } from './compose-file.ts';
import { opsDirectory } from './prometheus-rules.ts';

const read = (file: string): Promise<string> => readFile(join(opsDirectory, file), 'utf8');
const readYaml = async <T>(file: string): Promise<T> => parse(await read(file)) as T;

const compose = await readComposeFile(join(opsDirectory, '../docker-compose.yml'), {});
const prometheus = await read('prometheus/prometheus.yml');
const dataSources = await read('grafana/provisioning/datasources/tidewatch.yaml');

const days = (hours: string): number => Number.parseInt(hours, 10) / 24;

describe('Loki', () => {
  interface Loki {
    readonly server: { readonly http_listen_port: number };
    readonly limits_config: { readonly retention_period: string };
    readonly compactor: { readonly retention_enabled: boolean };
    readonly common: { readonly path_prefix: string };
  }

  it('keeps the logs of a week, in its volume, and forgets what is older', async () => {
    const { limits_config: limits, compactor, common } = await readYaml<Loki>('loki/loki.yaml');
    expect(days(limits.retention_period)).toBe(7);
    expect(compactor.retention_enabled).toBe(true);
    expect(compose.services['loki']!.volumes).toContain(`loki:${common.path_prefix}`);
  });

  it('is asked, written to and scraped at the port it listens on', async () => {
    const { server } = await readYaml<Loki>('loki/loki.yaml');
    expect(dataSources).toContain(`http://loki:${server.http_listen_port}`);
    expect(await read('loki/config.alloy')).toContain(
      `http://loki:${server.http_listen_port}/loki/api/v1/push`,
    );
    expect(prometheus).toContain(`names: [loki], type: A, port: ${server.http_listen_port}`);
  });
});

describe('Alloy', () => {
  it('reads the containers of this project, as JSON where they are Tidewatch itself', async () => {
    const text = await read('loki/config.alloy');
    expect(text).toContain(`com.docker.compose.project=${compose.name}`);
    const [, services] = /selector = "\{service=~\\"([\w|]+)\\"\}"/.exec(text)!;
    const built = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);
    expect(services!.split('|').toSorted()).toEqual(built.map(([name]) => name).toSorted());
  });

  it('keeps what a line says of its run beside it, and makes labels of service and level only', async () => {
    const text = await read('loki/config.alloy');
    const namesIn = (pattern: RegExp): string[] =>
      [...pattern.exec(text)![1]!.matchAll(/(\w+)\s*=/g)].map(([, name]) => name!);
    expect(namesIn(/stage\.structured_metadata \{\s*values = \{([^}]*)\}/)).toEqual([...runFields]);
    expect(namesIn(/expressions = \{([^}]*)\}/)).toEqual(['level', ...runFields]);
    expect(namesIn(/stage\.labels \{\s*values = \{([^}]*)\}/)).toEqual(['level']);
    expect([...text.matchAll(/target_label\s*= "(\w+)"/g)].map(([, label]) => label)).toEqual(['service']);
  });

  it('has brackets that close', async () => {
    const text = (await read('loki/config.alloy')).replaceAll(/"(?:\\.|[^"\\])*"/g, '""');
    expect(text.split('{').length).toBe(text.split('}').length);
  });
});

describe('Grafana', () => {
  it('leads from a line of the log to its trace, and from a trace to its lines', () => {
    const { datasources } = parse(dataSources) as {
      readonly datasources: readonly {
        readonly uid: string;
        readonly type: string;
        readonly url: string;
        readonly jsonData: Readonly<Record<string, unknown>>;
      }[];
    };
    const of = (type: string) => datasources.find((source) => source.type === type)!;
    const traceId: RunField = 'trace_id';
    expect(of('loki').jsonData['derivedFields']).toEqual([
      {
        name: 'trace',
        matcherType: 'label',
        matcherRegex: traceId,
        datasourceUid: of('jaeger').uid,
        // A dollar is written twice: one alone is a variable of the environment.
        url: '$${__value.raw}',
      },
    ]);
    expect(of('jaeger').jsonData['tracesToLogsV2']).toMatchObject({
      datasourceUid: of('loki').uid,
      query: `{service=~"worker|console"} | ${traceId}=\`$$\{__trace.traceId}\``,
    });
    expect(Object.keys(compose.services)).toContain(new URL(of('jaeger').url).hostname);
  });
});

describe('the OpenTelemetry collector', () => {
  interface Collector {
    readonly receivers: {
      readonly otlp: { readonly protocols: Readonly<Record<string, { readonly endpoint: string }>> };
    };
    readonly processors: Readonly<Record<string, unknown>>;
    readonly exporters: Readonly<Record<string, { readonly endpoint: string }>>;
    readonly service: {
      readonly pipelines: Readonly<
        Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', string[]>>>
      >;
      readonly telemetry: {
        readonly metrics: {
          readonly readers: readonly [
            { readonly pull: { readonly exporter: { readonly prometheus: { readonly port: number } } } },
          ];
        };
      };
    };
  }

  it('leads every signal from what it receives to what it has, the limit of its memory first', async () => {
    const config = await readYaml<Collector>('otel-collector/config.yaml');
    for (const pipeline of Object.values(config.service.pipelines)) {
      for (const part of ['receivers', 'processors', 'exporters'] as const)
        expect(Object.keys(config[part])).toEqual(expect.arrayContaining(pipeline[part]));
      expect(pipeline.processors[0]).toBe('memory_limiter');
    }
    const [host] = config.exporters['otlp/jaeger']!.endpoint.split(':');
    expect(Object.keys(compose.services)).toContain(host);
  });

  it('is where .env says that the worker sends its traces to', async () => {
    const example = await readFile(join(opsDirectory, '../.env.example'), 'utf8');
    const [, endpoint] = /with the profile tracing it is (\S+)\. Empty/.exec(example)!;
    const { receivers } = await readYaml<Collector>('otel-collector/config.yaml');
    const { hostname, port } = new URL(endpoint!);
    expect(Object.keys(compose.services)).toContain(hostname);
    expect(receivers.otlp.protocols['http']!.endpoint).toBe(`0.0.0.0:${port}`);
    const given = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint! };
    const traced = await readComposeFile(join(opsDirectory, '../docker-compose.yml'), given);
    for (const service of ['worker', 'console']) {
      const variable = 'OTEL_EXPORTER_OTLP_ENDPOINT';
      expect(traced.services[service]!.environment[variable]).toBe(endpoint);
      // Off by default, also where the profile runs.
      expect(compose.services[service]!.environment[variable]).toBe('');
    }
  });

  it('receives at the ports that are published, and is scraped at that of its own metrics', async () => {
    const { receivers, service } = await readYaml<Collector>('otel-collector/config.yaml');
    const ports = Object.values(receivers.otlp.protocols).map(({ endpoint }) => endpoint.split(':')[1]!);
    expect(compose.services['otel-collector']!.ports).toEqual(
      ports.map((port) => `127.0.0.1:${port}:${port}`),
    );
    const { port } = service.telemetry.metrics.readers[0].pull.exporter.prometheus;
    expect(prometheus).toContain(`names: [otel-collector], type: A, port: ${port}`);
  });
});

describe('Prometheus', () => {
  it('keeps the 30 days that service levels are about', () => {
    expect(compose.services['prometheus']!.command).toContain('--storage.tsdb.retention.time=30d');
  });

  it('scrapes what docker-compose.yml runs, at the ports that it knows', () => {
    const targets = [...prometheus.matchAll(/'([\w-]+):(\d+)'/g)].map(
      ([, host, port]) => [host!, port!] as const,
    );
    const named = [...prometheus.matchAll(/names: \[([\w-]+)\], type: A, port: (\d+)/g)].map(
      ([, host, port]) => [host!, port!] as const,
    );
    const hosts = [...targets, ...named].map(([host]) => host).filter((host) => host !== 'localhost');
    expect(hosts.filter((host) => compose.services[host] === undefined)).toEqual([]);
    // Where a port is also published, it is the same.
    for (const [host, port] of [...targets, ...named]) {
      const published = compose.services[host]?.ports.map((text) => text.split(':').at(-1)!) ?? [];
      const scrapedApart = ['temporal', 'otel-collector'];
      if (published.length > 0 && !scrapedApart.includes(host)) expect(published, host).toContain(port);
    }
    expect(compose.services['temporal']!.environment['PROMETHEUS_ENDPOINT']).toBe(
      `0.0.0.0:${targets.find(([host]) => host === 'temporal')![1]}`,
    );
  });
});
