import type { Row } from '../../parts/frame.ts';
import { number } from '../../parts/panels.ts';
import { promqlNow } from '../../parts/queries.ts';
import { burnOf, ofJob } from './of-service.ts';

export const nowRow: Row = {
  title: 'Now',
  panels: [
    number({
      title: 'Instances up',
      about: 'That Prometheus reaches. ServiceDown fires after a minute.',
      unit: 'short',
      better: 'up',
      critical: 1,
      queries: [promqlNow(`sum by (job) (service:up{${ofJob},model!=""})`, '{{job}}')],
    }),
    number({
      title: 'Running since',
      about: 'The instance that was started last.',
      unit: 's',
      queries: [promqlNow(`min by (job) (time() - process_start_time_seconds{${ofJob}})`, '{{job}}')],
    }),
    number({
      title: 'Up in the time shown',
      about: 'Share of the scrapes that an instance answered.',
      unit: 'percentunit',
      better: 'up',
      critical: 0.99,
      warning: 0.999,
      decimals: 3,
      queries: [promqlNow(`avg by (job) (avg_over_time(up{${ofJob},model!=""}[$__range]))`, '{{job}}')],
    }),
    number({
      title: 'Error budget left, 3 days',
      about:
        'Of what may fail at the objective (limits.yaml: availability): 0 is used up, below it more has failed.',
      unit: 'percentunit',
      better: 'up',
      critical: 0,
      warning: 0.25,
      queries: [promqlNow(`1 - (${burnOf('3d')})`, '{{job}}')],
    }),
    number({
      title: 'Requests a second',
      about: 'Over five minutes.',
      unit: 'reqps',
      queries: [promqlNow(`sum by (job) (service:prediction_requests:rate5m{${ofJob}})`, '{{job}}')],
    }),
    number({
      title: 'In progress now',
      about: 'Requests that are being answered at this moment.',
      unit: 'short',
      queries: [promqlNow(`sum by (job) (service:requests_in_progress{${ofJob}})`, '{{job}}')],
    }),
  ],
};
