import type { Row } from '../../parts/frame.ts';
import { series } from '../../parts/panels.ts';
import { promql } from '../../parts/queries.ts';
import { ofJob } from './of-service.ts';

export const instancesRow: Row = {
  title: 'Instances',
  panels: [
    series({
      title: 'CPU of the service',
      about: 'In processors: 1 is one of them all the time.',
      unit: 'short',
      min: 0,
      queries: [
        promql(`rate(process_cpu_seconds_total{${ofJob}}[$__rate_interval])`, '{{job}} {{instance}}'),
      ],
    }),
    series({
      title: 'Memory of the service',
      about: 'Resident.',
      unit: 'bytes',
      min: 0,
      queries: [promql(`process_resident_memory_bytes{${ofJob}}`, '{{job}} {{instance}}')],
    }),
    series({
      title: 'Open files of the service',
      about: 'Connections count. At the limit, new ones fail.',
      unit: 'short',
      min: 0,
      queries: [
        promql(`process_open_fds{${ofJob}}`, '{{job}} {{instance}}'),
        promql(`process_max_fds{${ofJob}}`, 'limit of {{job}} {{instance}}'),
      ],
    }),
  ],
};
