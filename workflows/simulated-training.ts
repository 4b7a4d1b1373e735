import { decodeInput } from './input.ts';
import { trainOnTaskQueue, type TrainingEnd } from './train.ts';

/**
 * Has a trainer on a task queue train for `tidewatch retrain simulate`, exactly as a retraining would. Whoever started it waits for
 * its result; it touches nothing else.
 *
 * Guaranteed: it ends within the trainer's time limit; cancelled, it cancels what it has started.
 */
export async function simulatedTraining(input: unknown): Promise<TrainingEnd> {
  const { plan } = decodeInput('simulatedTraining', input);
  return trainOnTaskQueue(plan);
}
