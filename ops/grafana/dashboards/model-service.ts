import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard, labelVariable } from '../parts/frame.ts';
import { instancesRow } from './model-service/instances.ts';
import { machinesRow } from './model-service/machines.ts';
import { nowRow } from './model-service/now.ts';
import { predictionsRow } from './model-service/predictions.ts';
import { requestsRow } from './model-service/requests.ts';
import { serviceLevelRow } from './model-service/service-level.ts';

const service = labelVariable(
  { name: 'job', label: 'Service', several: 'many' },
  { series: 'service:up{model!=""}', of: 'job' },
);
const node = labelVariable(
  { name: 'node', label: 'Machine', several: 'many' },
  { series: 'node_uname_info', of: 'instance' },
);

export const modelService: Dashboard = dashboard({
  uid: 'tidewatch-model-service',
  title: 'Tidewatch / Model service',
  about: 'Is the service that serves a model up, fast and right, and what does it cost its machine?',
  from: 'now-6h',
  variables: [service, node],
  rows: [nowRow, requestsRow, serviceLevelRow, predictionsRow, instancesRow, machinesRow],
});
