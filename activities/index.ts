/** Every activity, made from its dependencies. The workflows know only the type. */

import { createAttachActuals, createAttachPart } from './actuals/attach-actuals.ts';
import { createChangeAlert } from './alerts/change-alert.ts';
import { createDeliverAlerts } from './alerts/deliver-alerts.ts';
import { createFollowAlert } from './alerts/follow-alert.ts';
import { createWakeAlerts } from './alerts/wake-alerts.ts';
import { createComparePerformance } from './comparison/compare-performance.ts';
import { createCheckDegradation } from './degradation/check-degradation.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { withSources } from './feature-rows/row-connection.ts';
import { createCalibrateDrift } from './drift/calibrate-drift.ts';
import { createDetectDrift } from './drift/detect-drift.ts';
import { createEstimatePerformance } from './estimation/estimate-performance.ts';
import { createApplyRetention } from './storage/apply-retention.ts';
import { createConcludeMaintenance } from './storage/conclude-maintenance.ts';
import { createMakePartitions } from './storage/make-partitions.ts';
import { createPushMetrics } from './metrics/push-metrics.ts';
import { createEvaluatePerformance } from './performance/evaluate-performance.ts';
import { createSendReport } from './performance-report/send-report.ts';
import { createWriteReport } from './performance-report/write-report.ts';
import { createRestateWindows } from './performance/restate-windows.ts';
import { createSummarizeOutcomes, createSummarizePart } from './performance/summarize-outcomes.ts';
import { createWatchProcesses } from './processes/watch-processes.ts';
import { createProfileHours, createProfilePart } from './profiles/profile-hours.ts';
import { createBeginRetraining } from './retraining/begin-retraining.ts';
import { createAbandonRetraining } from './retraining/abandon-retraining.ts';
import { createChangeRetraining } from './retraining/change-retraining.ts';
import { createConcludeRetraining } from './retraining/conclude-retraining.ts';
import { createFollowRollout } from './retraining/follow-rollout.ts';
import { createPromoteChallenger } from './retraining/promote-challenger.ts';
import { createRequestApproval } from './retraining/request-approval.ts';
import { createRevertPromotion } from './retraining/revert-promotion.ts';
import { createVerifyPromotion } from './retraining/verify-promotion.ts';
import { createHandOverReference } from './retraining/new-reference.ts';
import { createRecordInMlflow } from './retraining/record-in-mlflow.ts';
import { createCancelTraining } from './retraining/cancel-training.ts';
import { createRunTrainingCommand } from './retraining/command-training.ts';
import { createReadTraining, createStartTraining } from './retraining/http-training.ts';
import { createLookAtTrainer } from './retraining/look-at-trainer.ts';
import { createPlanTraining } from './retraining/plan-training.ts';
import { createRecordChallenger } from './retraining/record-challenger.ts';
import { createValidateChallenger } from './retraining/validate-challenger.ts';

// eslint-disable-next-line typescript/explicit-module-boundary-types -- the inferred type is the contract of the workflows
export function createActivities(given: ActivityDependencies) {
  const deps = { ...given, database: withSources(given.database, given.sources) };
  return {
    attachPart: createAttachPart(deps),
    attachActuals: createAttachActuals(deps),
    profileHours: createProfileHours(deps),
    profilePart: createProfilePart(deps),
    calibrateDrift: createCalibrateDrift(deps),
    detectDrift: createDetectDrift(deps),
    summarizePart: createSummarizePart(deps),
    summarizeOutcomes: createSummarizeOutcomes(deps),
    evaluatePerformance: createEvaluatePerformance(deps),
    restateWindows: createRestateWindows(deps),
    estimatePerformance: createEstimatePerformance(deps),
    comparePerformance: createComparePerformance(deps),
    checkDegradation: createCheckDegradation(deps),
    beginRetraining: createBeginRetraining(deps),
    planTraining: createPlanTraining(deps),
    lookAtTrainer: createLookAtTrainer(deps),
    startTraining: createStartTraining(deps),
    readTraining: createReadTraining(deps),
    handOverReference: createHandOverReference(deps),
    recordInMlflow: createRecordInMlflow(deps),
    runTrainingCommand: createRunTrainingCommand(deps),
    cancelTraining: createCancelTraining(deps),
    recordChallenger: createRecordChallenger(deps),
    validateChallenger: createValidateChallenger(deps),
    watchProcesses: createWatchProcesses(deps),
    requestApproval: createRequestApproval(deps),
    followRollout: createFollowRollout(deps),
    promoteChallenger: createPromoteChallenger(deps),
    verifyPromotion: createVerifyPromotion(deps),
    revertPromotion: createRevertPromotion(deps),
    concludeRetraining: createConcludeRetraining(deps),
    changeRetraining: createChangeRetraining(deps),
    abandonRetraining: createAbandonRetraining(deps),
    wakeAlerts: createWakeAlerts(deps),
    followAlert: createFollowAlert(deps),
    changeAlert: createChangeAlert(deps),
    deliverAlerts: createDeliverAlerts(deps),
    writeReport: createWriteReport(deps),
    sendReport: createSendReport(deps),
    makePartitions: createMakePartitions(deps),
    applyRetention: createApplyRetention(deps),
    concludeMaintenance: createConcludeMaintenance(deps),
    pushMetrics: createPushMetrics(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
