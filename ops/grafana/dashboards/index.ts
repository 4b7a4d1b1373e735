import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dataQuality } from './data-quality.ts';
import { modelPerformance } from './model-performance.ts';
import { modelService } from './model-service.ts';
import { overview } from './overview.ts';
import { pipelineHealth } from './pipeline-health.ts';

/** File name -> dashboard. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  overview,
  'model-performance': modelPerformance,
  'data-quality': dataQuality,
  'pipeline-health': pipelineHealth,
  'model-service': modelService,
};
