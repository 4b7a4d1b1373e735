/** Owns `prom-client` for pushing: one whole group of the Pushgateway at a time. */

import { Gauge, Pushgateway as PushgatewayClient, Registry } from 'prom-client';

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
  deleteGroup(group: Group): Promise<void>;
  /** Does it answer? @throws TidewatchError `PUSHGATEWAY_UNREACHABLE` */
  check(): Promise<void>;
}

const jobName = 'tidewatch';
const timeoutMs = 5_000;

/** A Pushgateway by its URL, which may have a path and credentials. Connects only to push. */
export function openPushgateway(url: string): Pushgateway {
  const { protocol, host, pathname, username, password } = new URL(url);
  const address = (host + pathname).replace(/\/+$/, '');

  async function talk(request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
    } catch (error) {
      throw new TidewatchError(
        'PUSHGATEWAY_UNREACHABLE',
        { address, reason: reasonOf(error) },
        { cause: error },
      );
    }
  }
  // No kept connection: between two pushes the other side may close it, and the next push would fail.
  const clientOf = (registry: Registry): PushgatewayClient<'text/plain; version=0.0.4; charset=utf-8'> =>
    new PushgatewayClient(url.replace(/\/+$/, ''), { timeout: timeoutMs, agent: false }, registry);

  return {
    replaceGroup: ({ process, model }, samples) =>
      talk(() => clientOf(registryOf(samples)).push({ jobName, groupings: { process, model } })),
    check: () =>
      talk(async () => {
        // fetch refuses a URL with credentials.
        const headers = username === '' ? {} : { authorization: `Basic ${btoa(`${username}:${password}`)}` };
        const ready = `${protocol}//${address}/-/ready`;
        const response = await fetch(ready, { headers, signal: AbortSignal.timeout(timeoutMs) });
        if (!response.ok) throw new Error(`it answers ${response.status} at /-/ready`);
      }),
    deleteGroup: ({ process, model }) =>
      talk(() => clientOf(new Registry()).delete({ jobName, groupings: { process, model } })),
  };
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
