/** Owns `prom-client` for pushing: one whole group of the Pushgateway at a time. */

import { Gauge, Pushgateway as PushgatewayClient, Registry } from 'prom-client';
import { z } from 'zod';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { Process } from '../processes/watermarks.ts';
import { gaugeCatalog } from './catalog.ts';
import type { GaugeName, Sample } from './catalog.ts';

/** The samples that live and go together. */
export interface Group {
  readonly process: Process;
  /** A model name as monitors allow it: no "/", which the Pushgateway takes as the end of a label value. */
  readonly model: string;
}

export interface Pushgateway {
  /**
   * Makes these samples the whole group: what it held before and is not among them is gone.
   *
   * @throws TidewatchError `PUSHGATEWAY_UNREACHABLE`, also when the Pushgateway answers but refuses
   */
  replaceGroup(group: Group, samples: readonly Sample[]): Promise<void>;
  /** Takes away a group; one that does not exist is fine. @throws TidewatchError `PUSHGATEWAY_UNREACHABLE` */
  deleteGroup(group: Pick<HeldGroup, 'process' | 'model'>): Promise<void>;
  /** Does it answer? @throws TidewatchError `PUSHGATEWAY_UNREACHABLE` */
  check(): Promise<void>;
  /** All groups of Tidewatch. @throws TidewatchError `PUSHGATEWAY_UNREACHABLE` */
  listGroups(): Promise<readonly HeldGroup[]>;
}

/** Said where PUSHGATEWAY_URL is not set. */
export const noPushgateway =
  'PUSHGATEWAY_URL is not set: no gauges are pushed, and Prometheus sees nothing of the models; everything else works';

const jobName = 'tidewatch';
const timeoutMs = 5_000;
/** One that swallows requests would hold every slot of a worker that has a thousand models to show: for this long it is not asked again. */
const silenceMs = 30_000;

/** A group that a Pushgateway holds. */
export interface HeldGroup {
  readonly process: string;
  readonly model: string;
  /** When it was last pushed to, in epoch milliseconds. */
  readonly pushedAt: number;
  /** When a push was last refused, if one ever was. */
  readonly refusedAt: number | null;
}

/** A Pushgateway by its URL, which may have a path and credentials. Connects only to push. */
export function openPushgateway(url: string): Pushgateway {
  const { protocol, host, pathname, username, password } = new URL(url);
  const address = `${protocol}//${host}${pathname}`.replace(/\/+$/, '');
  let silentUntil = -Infinity;

  async function talk<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw new TidewatchError(
        'PUSHGATEWAY_UNREACHABLE',
        { address, reason: reasonOf(error) },
        { cause: error },
      );
    }
  }
  async function ask(path: string): Promise<Response> {
    // fetch refuses a URL with credentials.
    const headers = username === '' ? {} : { authorization: `Basic ${btoa(`${username}:${password}`)}` };
    const response = await fetch(address + path, { headers, signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`it answers ${response.status} at ${path}`);
    return response;
  }
  // No kept connection: between two pushes the other side may close it, and the next push would fail.
  const clientOf = (registry: Registry): PushgatewayClient<'text/plain; version=0.0.4; charset=utf-8'> =>
    new PushgatewayClient(url.replace(/\/+$/, ''), { timeout: timeoutMs, agent: false }, registry);

  return {
    replaceGroup: ({ process, model }, samples) =>
      talk(async () => {
        const startedAt = performance.now();
        if (startedAt < silentUntil) throw new Error('it has not answered a moment ago');
        try {
          await clientOf(registryOf(samples)).push({ jobName, groupings: { process, model } });
        } catch (error) {
          const endedAt = performance.now();
          if (endedAt - startedAt >= timeoutMs) silentUntil = endedAt + silenceMs;
          throw error;
        }
      }),
    check: async () => {
      await talk(() => ask('/-/ready'));
    },
    listGroups: () => talk(async () => heldGroups(await (await ask('/api/v1/metrics')).json())),
    deleteGroup: async ({ process, model }) => {
      await talk(() => clientOf(new Registry()).delete({ jobName, groupings: { process, model } }));
    },
  };
}

const seconds = z
  .object({ metrics: z.array(z.object({ value: z.coerce.number() })).min(1) })
  .transform(({ metrics }) => metrics[0]!.value);
const metricsAnswer = z.object({
  data: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      push_time_seconds: seconds,
      push_failure_time_seconds: seconds,
    }),
  ),
});

function heldGroups(answer: unknown): HeldGroup[] {
  return metricsAnswer.parse(answer).data.flatMap(({ labels, ...times }) => {
    const { job, process, model } = labels;
    if (job !== jobName || process === undefined || model === undefined) return [];
    const pushedAt = times.push_time_seconds * 1000;
    // A Pushgateway writes 0 for never.
    return [{ process, model, pushedAt, refusedAt: times.push_failure_time_seconds * 1000 || null }];
  });
}

function registryOf(samples: readonly Sample[]): Registry {
  const registry = new Registry();
  const gauges = new Map<GaugeName, Gauge>();
  for (const { gauge: name, labels, value } of samples) {
    let gauge = gauges.get(name);
    if (gauge === undefined) {
      const { help, labels: labelNames } = gaugeCatalog[name];
      gauge = new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
      gauges.set(name, gauge);
    }
    gauge.set(labels, value);
  }
  return registry;
}
