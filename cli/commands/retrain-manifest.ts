import type { Command } from 'commander';

import type { JobSettings } from '../retrain/manifest.ts';
import { printFile } from '../print.ts';

interface Options extends JobSettings {
  readonly taskQueue?: string;
}

const examples = `
Examples:
  $ tidewatch retrain manifest --image registry.example.org/trainer:1 --memory 4Gi < request.json | kubectl apply -f -
  $ tidewatch retrain manifest --image registry.example.org/trainer:1 --task-queue trainers | kubectl create -f -

docs/trainers.md says how a retraining gets there. Exit codes: 0; 2 for bad input.`;

/** `tidewatch retrain manifest` */
export function addRetrainManifest(retrain: Command): void {
  retrain
    .command('manifest')
    .description(
      'print the YAML of a Kubernetes Job that trains: for the request on standard input, or for a task queue',
    )
    .requiredOption('--image <image>', 'the container image of the trainer')
    .option('--task-queue <name>', 'instead of a request: wait for one training on this task queue')
    .option('--namespace <name>', 'the Kubernetes namespace; by default that of kubectl')
    .option('--cpu <quantity>', 'CPUs to request, such as 2')
    .option('--memory <quantity>', 'the most memory it may take, such as 4Gi')
    .option('--timeout <duration>', 'its time limit, as in the monitor', '6h')
    .option('--secret <name>', 'a Secret of the cluster whose entries become variables, such as DATABASE_URL')
    .addHelpText('after', examples)
    .action(print);
}

async function print({ taskQueue, ...settings }: Options): Promise<void> {
  const { readRequest, requestManifest, taskQueueManifest } = await import('../retrain/manifest.ts');
  if (taskQueue === undefined) {
    const { text } = await import('node:stream/consumers');
    printFile(requestManifest(readRequest(await text(process.stdin)), settings).trimEnd());
    return;
  }
  const queue = {
    taskQueue,
    temporalAddress: process.env['TEMPORAL_ADDRESS'] || '127.0.0.1:7233',
    temporalNamespace: process.env['TEMPORAL_NAMESPACE'] || 'default',
  };
  printFile(taskQueueManifest(queue, settings).trimEnd());
}
