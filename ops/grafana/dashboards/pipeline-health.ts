import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard } from '../parts/frame.ts';
import { manyModels, modelMarks } from '../parts/model-parts.ts';
import { nowRow } from './pipeline-health/now.ts';
import { postgresRow } from './pipeline-health/postgres.ts';
import { processesRow } from './pipeline-health/processes.ts';
import { prometheusRow } from './pipeline-health/prometheus.ts';
import { temporalRow } from './pipeline-health/temporal.ts';
import { workersRow } from './pipeline-health/workers.ts';

export const pipelineHealth: Dashboard = dashboard({
  uid: 'tidewatch-pipeline-health',
  title: 'Tidewatch / Pipeline health',
  about:
    'Does Tidewatch itself run: its processes, workers, messages, Temporal, Postgres and what watches them?',
  from: 'now-24h',
  variables: [manyModels],
  annotations: modelMarks,
  rows: [nowRow, processesRow, workersRow, temporalRow, postgresRow, prometheusRow],
});
