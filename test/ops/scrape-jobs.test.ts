import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { readConfiguration } from '../../worker/configuration.ts';
import { readComposeFile } from './compose-file.ts';
import { opsDirectory } from './prometheus-rules.ts';

const configurationSchema = z.object({
  scrape_configs: z.array(
    z.strictObject({
      job_name: z.string(),
      honor_labels: z.boolean().default(false),
      static_configs: z.tuple([z.strictObject({ targets: z.tuple([z.string()]) })]).optional(),
      dns_sd_configs: z
        .tuple([z.strictObject({ names: z.tuple([z.string()]), type: z.literal('A'), port: z.number() })])
        .optional(),
      file_sd_configs: z.tuple([z.strictObject({ files: z.tuple([z.string()]) })]).optional(),
    }),
  ),
});

const { scrape_configs: jobs } = configurationSchema.parse(
  parse(await readFile(join(opsDirectory, 'prometheus/prometheus.yml'), 'utf8')),
);
const compose = await readComposeFile(join(opsDirectory, '../docker-compose.yml'), {});

/** Where a job finds what it scrapes. */
function targetOf({ static_configs, dns_sd_configs, file_sd_configs }: (typeof jobs)[number]): string {
  if (static_configs !== undefined) return static_configs[0].targets[0];
  if (dns_sd_configs !== undefined) return `${dns_sd_configs[0].names[0]}:${dns_sd_configs[0].port}, each`;
  return `those in ${file_sd_configs?.[0].files[0]}`;
}

describe('the scrape jobs of ops/prometheus', () => {
  it('are one for everything that has numbers', () => {
    expect(Object.fromEntries(jobs.map((job) => [job.job_name, targetOf(job)]))).toEqual({
      pushgateway: 'pushgateway:9091',
      'tidewatch-worker': 'worker:9464, each',
      temporal: 'temporal:9090',
      node: 'node-exporter:9100',
      postgres: 'postgres-exporter:9187',
      'model-services': 'those in model-services.yaml',
      prometheus: 'localhost:9090',
      alertmanager: 'alertmanager:9093',
      logs: 'loki:3100, each',
      traces: 'otel-collector:8888, each',
      grafana: 'grafana:3000',
    });
  });

  it('keep of pushed groups whose they are, and of nothing else', () => {
    expect(jobs.filter((job) => job.honor_labels).map((job) => job.job_name)).toEqual(['pushgateway']);
  });

  it('scrape services of docker-compose.yml', () => {
    const hosts = jobs
      .map(targetOf)
      .flatMap((target) => /^([a-z-]+):\d+/.exec(target)?.[1] ?? [])
      .filter((host) => host !== 'localhost');
    expect(hosts).toHaveLength(9);
    expect(hosts.filter((host) => compose.services[host] === undefined)).toEqual([]);
  });

  it('ask the worker and Temporal where they answer', () => {
    const { http } = readConfiguration({ DATABASE_URL: 'postgres://localhost/none' });
    expect(http.port).toBe(9464);
    expect(compose.services['temporal']!.environment['PROMETHEUS_ENDPOINT']).toBe('0.0.0.0:9090');
  });
});
