/** Every page, document, drawing, table and action of the console, one line each. */

import { alertActions } from '../pages/alert/actions.ts';
import { alertPage } from '../pages/alert/alert.ts';
import { loadAlert } from '../pages/alert/load.ts';
import { alertsPage } from '../pages/alerts/alerts.ts';
import { loadAlerts } from '../pages/alerts/load.ts';
import { auditPage } from '../pages/audit/audit.ts';
import { auditTable, loadAudit } from '../pages/audit/load.ts';
import { columnDriftPage } from '../pages/column-drift/column-drift.ts';
import { drawDistribution, drawHistory } from '../pages/column-drift/drawings.ts';
import { loadColumnDrift } from '../pages/column-drift/load.ts';
import { healthPage } from '../pages/health/health.ts';
import { loadHealth } from '../pages/health/load.ts';
import { drawCoverage, drawDrift, drawPerformance } from '../pages/model/drawings.ts';
import { loadModelNow } from '../pages/model/load-now.ts';
import { loadModel } from '../pages/model/load.ts';
import { modelPage } from '../pages/model/model.ts';
import { modelNowPage } from '../pages/model/now-section.ts';
import { loadModels } from '../pages/models/load.ts';
import { modelsPage } from '../pages/models/models.ts';
import { loadMonitor } from '../pages/monitor/load.ts';
import { monitorPage } from '../pages/monitor/monitor.ts';
import { loadMonitors } from '../pages/monitors/load.ts';
import { monitorsPage } from '../pages/monitors/monitors.ts';
import { loadReports } from '../pages/reports/load.ts';
import { reportsPage } from '../pages/reports/reports.ts';
import { retrainingActions } from '../pages/retraining/actions.ts';
import { loadRetraining } from '../pages/retraining/load.ts';
import { retrainingPage } from '../pages/retraining/retraining.ts';
import { loadRetrainings } from '../pages/retrainings/load.ts';
import { retrainingsPage } from '../pages/retrainings/retrainings.ts';
import { loadRun } from '../pages/run/load.ts';
import { runPage } from '../pages/run/run.ts';
import { page, type ActionRoute, type DrawingRoute, type PageRoute, type TableRoute } from './page.ts';

export interface Routes {
  readonly pages: readonly PageRoute[];
  /** Stored reports and runbooks, which are pages of their own. */
  readonly documents: readonly string[];
  readonly drawings: readonly DrawingRoute[];
  readonly tables: readonly TableRoute[];
  readonly actions: readonly ActionRoute[];
}

export const routes: Routes = {
  pages: [
    page({ path: '/', section: 'models', load: loadModels, draw: modelsPage }),
    page({ path: '/models/:model', section: 'models', asksTemporal: true, load: loadModel, draw: modelPage }),
    page({
      path: '/models/:model/now',
      section: 'models',
      asksTemporal: true,
      load: loadModelNow,
      draw: modelNowPage,
    }),
    page({
      path: '/models/:model/drift/:start/:end/:column',
      section: 'models',
      load: loadColumnDrift,
      draw: columnDriftPage,
    }),
    page({ path: '/runs/:workflowId/:runId', section: 'models', load: loadRun, draw: runPage }),
    page({ path: '/alerts', section: 'alerts', load: loadAlerts, draw: alertsPage }),
    page({ path: '/alerts/:key', section: 'alerts', load: loadAlert, draw: alertPage }),
    page({ path: '/retrainings', section: 'retrainings', load: loadRetrainings, draw: retrainingsPage }),
    page({
      path: '/retrainings/:model/:id',
      section: 'retrainings',
      load: loadRetraining,
      draw: retrainingPage,
    }),
    page({ path: '/reports', section: 'reports', load: loadReports, draw: reportsPage }),
    page({ path: '/reports/:kind', section: 'reports', load: loadReports, draw: reportsPage }),
    page({ path: '/reports/:kind/:model', section: 'reports', load: loadReports, draw: reportsPage }),
    page({ path: '/monitors', section: 'monitors', load: loadMonitors, draw: monitorsPage }),
    page({ path: '/monitors/:model', section: 'monitors', load: loadMonitor, draw: monitorPage }),
    page({ path: '/health', section: 'health', load: loadHealth, draw: healthPage }),
    page({ path: '/audit', section: 'audit', role: 'operator', load: loadAudit, draw: auditPage }),
  ],
  documents: ['/reports/:kind/:model/:start/:end', '/runbooks', '/runbooks/:name'],
  drawings: [
    { path: '/models/:model/performance', draw: drawPerformance },
    { path: '/models/:model/drift', draw: drawDrift },
    { path: '/models/:model/coverage', draw: drawCoverage },
    { path: '/models/:model/drift/:start/:end/:column/distribution', draw: drawDistribution },
    { path: '/models/:model/drift/:start/:end/:column/history', draw: drawHistory },
  ],
  tables: [{ path: '/audit', role: 'operator', read: auditTable }],
  actions: [...alertActions, ...retrainingActions],
};
