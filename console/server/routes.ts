/** Every page and every action of the console, one line each. */

import { healthPage } from '../pages/health/health.ts';
import { loadHealth } from '../pages/health/load.ts';
import { loadModels } from '../pages/models/load.ts';
import { modelsPage } from '../pages/models/models.ts';
import { page, type ActionRoute, type PageRoute } from './page.ts';

export interface Routes {
  readonly pages: readonly PageRoute[];
  readonly actions: readonly ActionRoute[];
}

export const routes: Routes = {
  pages: [
    page({ path: '/', section: 'models', load: loadModels, draw: modelsPage }),
    page({ path: '/health', section: 'health', load: loadHealth, draw: healthPage }),
  ],
  actions: [],
};
