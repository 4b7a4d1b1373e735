/** A model service with the metrics that the client gives it, and requests to it: some fail, some get feedback. */

import { createServer } from 'node:http';

import { openServiceMetrics } from '../../../client/service-metrics.ts';
import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';

export interface MeteredService {
  /** `127.0.0.1:PORT`, which answers /metrics. */
  readonly target: string;
  stop(): Promise<void>;
}

/** One of twenty requests fails. */
export async function startMeteredService(): Promise<MeteredService> {
  const metrics = openServiceMetrics();
  let served = 0;
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      metrics.answerScrape(response);
      return;
    }
    metrics.observe(request, response);
    served += 1;
    metrics.countPrediction(served % 4 === 0 ? 'late' : 'on-time');
    metrics.countConversion(served % 2 === 0 ? '1' : '2');
    if (served % 10 === 0) metrics.countUnlikeTraining();
    if (served % 2 === 0) metrics.countActuals();
    response.writeHead(served % 20 === 0 ? 500 : 200).end();
  });
  const target = `127.0.0.1:${await listenOnLoopback(server)}`;
  let last: Promise<unknown> = Promise.resolve();
  const asking = setInterval(() => {
    last = fetch(`http://${target}/predictions`)
      .then((answer) => answer.text())
      .catch(() => {});
  }, 50);
  return {
    target,
    stop: async () => {
      clearInterval(asking);
      await last;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
