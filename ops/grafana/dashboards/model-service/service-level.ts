import type { Row } from '../../parts/frame.ts';
import { series } from '../../parts/panels.ts';
import { promql, type Query } from '../../parts/queries.ts';
import { burnOf, ofJob } from './of-service.ts';

const burn = (window: string): Query => promql(burnOf(window), `{{job}} over ${window}`);

export const serviceLevelRow: Row = {
  title: 'Service level',
  panels: [
    series({
      title: 'Up',
      about: '1 where an instance answers the scrape.',
      unit: 'short',
      min: 0,
      max: 1,
      queries: [promql(`service:up{${ofJob},model!=""}`, '{{job}} {{instance}}')],
    }),
    series({
      title: 'How fast the error budget burns',
      about: 'At 1 the budget of 30 days lasts 30 days. SLOBurn pages at 14.4 over an hour, or 6 over six.',
      unit: 'short',
      min: 0,
      limit: 14.4,
      queries: [burn('5m'), burn('1h'), burn('6h'), burn('1d'), burn('3d')],
    }),
  ],
};
