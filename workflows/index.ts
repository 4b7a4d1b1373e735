// Every export is a workflow type: name them one by one.
export { actualsBackfill } from './actuals-backfill.ts';
export { alertLifecycle } from './alert-lifecycle.ts';
export { degradationCheck } from './degradation-check.ts';
export { driftDetection } from './drift-detection.ts';
export { metricsPush } from './metrics-push.ts';
export { performanceEvaluation } from './performance-evaluation.ts';
export { reprocessing } from './reprocessing.ts';
export { retraining } from './retraining.ts';
export { simulatedTraining } from './simulated-training.ts';
export { storageMaintenance } from './storage-maintenance.ts';
export { weeklyReport } from './weekly-report.ts';
