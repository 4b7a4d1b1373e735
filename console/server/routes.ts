/** Every page, drawing and action of the console, one line each. */

import { healthPage } from '../pages/health/health.ts';
import { loadHealth } from '../pages/health/load.ts';
import { drawCoverage, drawDrift, drawPerformance } from '../pages/model/drawings.ts';
import { loadModel } from '../pages/model/load.ts';
import { modelPage } from '../pages/model/model.ts';
import { loadModels } from '../pages/models/load.ts';
import { modelsPage } from '../pages/models/models.ts';
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
    page({ path: '/health', section: 'health', load: loadHealth, draw: healthPage }),
  ],
  drawings: [
    { path: '/models/:model/performance', draw: drawPerformance },
    { path: '/models/:model/drift', draw: drawDrift },
    { path: '/models/:model/coverage', draw: drawCoverage },
  ],
  actions: [],
};
