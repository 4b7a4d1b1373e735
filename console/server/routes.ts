/** Every page, drawing and action of the console, one line each. */

import { healthPage } from '../pages/health/health.ts';
import { loadHealth } from '../pages/health/load.ts';
import { drawCoverage, drawDrift, drawPerformance } from '../pages/model/drawings.ts';
import { loadModel } from '../pages/model/load.ts';
import { modelPage } from '../pages/model/model.ts';
import { loadModels } from '../pages/models/load.ts';
import { modelsPage } from '../pages/models/models.ts';
import { loadMonitor } from '../pages/monitor/load.ts';
import { monitorPage } from '../pages/monitor/monitor.ts';
import { loadMonitors } from '../pages/monitors/load.ts';
import { monitorsPage } from '../pages/monitors/monitors.ts';
import { loadRun } from '../pages/run/load.ts';
import { runPage } from '../pages/run/run.ts';
import { page, type ActionRoute, type DrawingRoute, type PageRoute } from './page.ts';

export interface Routes {
  readonly pages: readonly PageRoute[];
  readonly drawings: readonly DrawingRoute[];
  readonly actions: readonly ActionRoute[];
}

export const routes: Routes = {
  pages: [
    page({ path: '/', section: 'models', load: loadModels, draw: modelsPage }),
    page({ path: '/models/:model', section: 'models', load: loadModel, draw: modelPage }),
    page({ path: '/runs/:workflowId/:runId', section: 'models', load: loadRun, draw: runPage }),
    page({ path: '/monitors', section: 'monitors', load: loadMonitors, draw: monitorsPage }),
    page({ path: '/monitors/:model', section: 'monitors', load: loadMonitor, draw: monitorPage }),
    page({ path: '/health', section: 'health', load: loadHealth, draw: healthPage }),
  ],
  drawings: [
    { path: '/models/:model/performance', draw: drawPerformance },
    { path: '/models/:model/drift', draw: drawDrift },
    { path: '/models/:model/coverage', draw: drawCoverage },
  ],
  actions: [],
};
