import { randomBytes } from 'node:crypto';

import { findMonitor } from '../../../activities/monitors/store.ts';
import { policyOf } from '../../../activities/retraining/retraining-run.ts';
import { simulatedPolicies } from '../../../core/retraining/simulated-policies.ts';
import { planSimulation, type SimulationPlan } from '../../../core/retraining/simulation-plan.ts';
import { readConfiguration } from '../../../worker/configuration.ts';
import { isConfirmed } from '../../confirm.ts';
import { withDatabase } from '../../database.ts';
import { screen } from '../../paint.ts';
import { openBar } from '../../progress-bar.ts';
import { onlyModel } from '../only-model.ts';
import { openAsk } from './ask-trainer.ts';
import { readPolicies, type SimulateOptions } from './options.ts';
import { readHistory, type StoredHistory } from './read-history.ts';
import { runSimulation } from './run-simulation.ts';
import { planJson, simulationJson } from './simulation-json.ts';
import { planText, simulationText } from './simulation-text.ts';
import { openStop } from './stop.ts';
import { print, printJson, printable } from '../../print.ts';

/** A plan, with the training of a first version where one is needed. */
export interface PlannedSimulation extends SimulationPlan {
  readonly history: StoredHistory;
  /** As the budget assumes; null without one. */
  readonly cost: number | null;
}

/**
 * `tidewatch retrain simulate`: what would other policies have made of the stored history? Each training is a real one, by the
 * trainer of the monitor; nothing that serves is touched, and nothing stays.
 */
export async function simulateRetraining(options: SimulateOptions): Promise<void> {
  const names = readPolicies(options.policies);
  const { trainers, temporal } = readConfiguration(process.env);
  await withDatabase(
    'tidewatch-simulate',
    async (database) => {
      const { monitor } = await findMonitor(database, options.model ?? (await onlyModel(database)));
      const policies = simulatedPolicies(policyOf(monitor)).filter(({ name }) => names.includes(name));
      const history = await database.snapshot((connection) => readHistory(connection, monitor, options));
      const planned = plan(history, planSimulation(policies, history));
      if (options.plan) {
        if (options.json) printJson(planJson(planned));
        else print(planText(printable(planned), screen()));
        return;
      }
      if (planned.trainings > 0 && !(await isWanted(planned, options))) {
        print('nothing was simulated: not confirmed');
        return;
      }
      const bar = await openBar('trainings at most');
      const stop = openStop();
      const result = await runSimulation(
        {
          database,
          history,
          ask: openAsk(policyOf(monitor).trainer, { configuration: trainers, temporal }),
          id: randomBytes(4).toString('hex'),
          stopped: stop.signal,
          keeps: options.keep === true,
          onTrained: (trained) => bar.update(trained, planned.trainings),
        },
        policies,
      ).finally(() => {
        bar.close();
        stop.close();
      });
      const shown = { ...result, history, kept: options.keep === true };
      if (options.json) printJson(simulationJson(shown));
      else print(simulationText(printable(shown), screen()));
    },
    // One holds the lock.
    2,
  );
}

function plan(history: StoredHistory, { policies, trainings }: SimulationPlan): PlannedSimulation {
  const all = trainings + ('training' in history.first ? 1 : 0);
  const perTraining = history.policy.budget?.perTraining;
  return { history, policies, trainings: all, cost: perTraining === undefined ? null : all * perTraining };
}

async function isWanted(planned: PlannedSimulation, { yes, json }: SimulateOptions): Promise<boolean> {
  if (!yes && !json) print(planText(printable(planned), screen()));
  return isConfirmed('Simulate it?', { yes, json, instead: '--plan shows what would be asked for' });
}
