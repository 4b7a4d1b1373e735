/** The files of ops/prometheus as their tests read them. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

export const opsDirectory = new URL('../../ops', import.meta.url).pathname;
export const runbookDirectory = new URL('../../docs/runbooks', import.meta.url).pathname;

const labels = z.record(z.string(), z.string()).default({});

const recordSchema = z.strictObject({ record: z.string(), expr: z.string(), labels });
const alertSchema = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']), process: z.string().optional() }),
  annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
});
const fileSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      interval: z.string().optional(),
      rules: z.array(z.union([recordSchema, alertSchema])),
    }),
  ),
});

export type Recorded = z.output<typeof recordSchema>;
export type Alert = z.output<typeof alertSchema>;

const testSchema = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      // Without one, promtool runs the test over nothing.
      interval: z.string(),
      alert_rule_test: z
        .array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).default([]) }))
        .default([]),
    }),
  ),
});

/** What one test of promtool expects of one alert. */
export interface Expectation {
  readonly alert: string;
  readonly fires: boolean;
}

export interface RuleFiles {
  readonly alerts: readonly Alert[];
  readonly recorded: readonly Recorded[];
  readonly expectations: readonly Expectation[];
}

/** Every rule, and what the tests beside them expect. @throws ZodError for a key that no rule has */
export async function readRuleFiles(): Promise<RuleFiles> {
  const files = await readYaml('prometheus/rules');
  const rules = files.flatMap((file) => fileSchema.parse(file).groups.flatMap(({ rules }) => rules));
  const tests = (await readYaml('prometheus/tests')).flatMap((file) => testSchema.parse(file).tests);
  return {
    alerts: rules.filter((rule): rule is Alert => 'alert' in rule),
    recorded: rules.filter((rule): rule is Recorded => 'record' in rule),
    expectations: tests.flatMap(({ alert_rule_test: cases }) =>
      cases.map(({ alertname, exp_alerts: alerts }) => ({ alert: alertname, fires: alerts.length > 0 })),
    ),
  };
}

async function readYaml(folder: string): Promise<readonly unknown[]> {
  const directory = join(opsDirectory, folder);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  return Promise.all(
    names.map(async (name): Promise<unknown> => {
      const text = await readFile(join(directory, name), 'utf8');
      return parse(text, { merge: true });
    }),
  );
}
