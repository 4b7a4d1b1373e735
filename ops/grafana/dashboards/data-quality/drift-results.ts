import { isChosen } from '../../parts/model-parts.ts';

/** What drift runs found of features, and of what is predicted and observed. */
export const ofRuns = `
from drift_runs run
join drift_results result using (model, drift_run_id)
where ${isChosen('run.model')} and run.segment = '' and $__timeFilter(run.window_end)`;

/** Narrows it to the chosen features. */
export const chosenFeature = 'result.column_name in (${feature:sqlstring})';
