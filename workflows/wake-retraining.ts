import { getExternalWorkflowHandle } from '@temporalio/workflow';

import { reasonOf } from '../core/errors.ts';
import { dayChecked } from './retraining-conversation.ts';
import { decisions, wakeAlerts } from './steps.ts';

interface Holder {
  readonly model: string;
  readonly retrainingId: string;
  readonly workflowId: string;
}

/**
 * Tells the retraining that is under way that time has come further. One whose workflow was ended from outside gives its
 * model's place back.
 */
export async function wakeRetraining({ model, retrainingId, workflowId }: Holder): Promise<'told' | 'gone'> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(dayChecked);
    return 'told';
  } catch (error) {
    if (!/not found|already completed/i.test(reasonOf(error))) throw error;
    const { pendingAlerts } = await decisions.abandonRetraining({ model, retrainingId });
    await wakeAlerts(model, pendingAlerts);
    return 'gone';
  }
}
