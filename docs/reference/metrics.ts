/** Every gauge that is pushed, and every metric that limits and rules can name. */

import { gaugeCatalog } from '../../activities/metrics/catalog.ts';
import { metricTable } from '../../core/performance/metrics.ts';
import { code, page, table } from './markdown.ts';

const better = {
  'lower-is-better': 'lower',
  'higher-is-better': 'higher',
  'closer-to-zero-is-better': 'nearer to 0',
  none: 'neither',
} as const;

export const metricsPage = page(
  'Metrics',
  '`activities/metrics/catalog.ts` and `core/performance/metrics.ts`',
  '## Pushed to Prometheus',
  `Gauges in the groups \`job="tidewatch"\`, \`process\`, \`model\` of the Pushgateway; each is absent if there is nothing to say.
Scrape it with \`honor_labels: true\`.`,
  table(
    ['gauge', 'labels', 'pushed by', 'meaning'],
    Object.entries(gaugeCatalog).map(([name, { help, labels, processes }]) => [
      code(name),
      labels.map(code).join(', '),
      processes.length > 3 ? 'every process' : processes.join(', '),
      help,
    ]),
  ),
  '## Of performance',
  'What `performance.limits` and the rules of `degradation` can name.',
  table(
    ['metric', 'task', 'better is', 'gauge', 'meaning'],
    Object.entries(metricTable).map(([name, { task, direction, gauge, meaning }]) => [
      code(name),
      task,
      better[direction],
      code(gauge),
      meaning,
    ]),
  ),
);
