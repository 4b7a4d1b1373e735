/** A Kubernetes Job that trains: for a service that has one made for each request, or as a worker of a task queue. */

import { createHash } from 'node:crypto';

import { TidewatchError } from '../../core/errors.ts';
import type { TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { trainingRequestSchema } from '../../core/retraining/trainer-contract.ts';
import { dayMs, durationMs, isDuration, secondMs } from '../../core/window.ts';
import { formatManifest } from '../yaml-source.ts';

export interface JobSettings {
  /** The container, which has its own entry point. */
  readonly image: string;
  readonly namespace?: string | undefined;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  /** As the `timeout` of the monitor's trainer. */
  readonly timeout: string;
  /** A Secret of the cluster whose entries become variables of the environment, such as DATABASE_URL. */
  readonly secret?: string | undefined;
}

/** The Job of a worker that waits for one training on a task queue. */
export interface TaskQueueSettings {
  readonly taskQueue: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
}

const labels = { 'app.kubernetes.io/managed-by': 'tidewatch', 'app.kubernetes.io/component': 'trainer' };
const requestFile = '/etc/tidewatch/request.json';

/**
 * The Job of one training, and the Secret with its request. Both are named after the training: applied again, they change nothing.
 *
 * @throws TidewatchError `INVALID_OPTION`
 */
export function requestManifest(request: TrainingRequest, settings: JobSettings): string {
  const name = jobName(request);
  const metadata = metadataOf({ name }, settings);
  const annotations = {
    'tidewatch/model': request.model,
    'tidewatch/retraining-id': request.retrainingId,
  };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    // The callback token is a secret.
    stringData: { 'request.json': JSON.stringify(request) },
  };
  const job = jobOf({ ...metadata, annotations }, settings, {
    env: [{ name: 'TIDEWATCH_REQUEST', value: requestFile }],
    volumes: [{ name: 'request', secret: { secretName: name } }],
    volumeMounts: [{ name: 'request', mountPath: requestFile.replace(/\/[^/]*$/, ''), readOnly: true }],
  });
  return formatManifest([secret, job]);
}

/**
 * The Job of a worker for a task queue. Each one created is another one.
 *
 * @throws TidewatchError `INVALID_OPTION`
 */
export function taskQueueManifest(queue: TaskQueueSettings, settings: JobSettings): string {
  const env = {
    TASK_QUEUE: queue.taskQueue,
    TEMPORAL_ADDRESS: queue.temporalAddress,
    TEMPORAL_NAMESPACE: queue.temporalNamespace,
  };
  const metadata = metadataOf({ generateName: `trainer-${dnsLabel(queue.taskQueue, 40)}-` }, settings);
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  return formatManifest([jobOf(metadata, settings, { env: variables })]);
}

/**
 * The request that a trainer was sent, from its JSON.
 *
 * @throws TidewatchError `INVALID_OPTION`
 */
export function readRequest(text: string): TrainingRequest {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    data = undefined;
  }
  const parsed = trainingRequestSchema().safeParse(data);
  if (parsed.success) return parsed.data;
  const [{ path, message } = { path: [], message: '' }] = parsed.error.issues;
  const reason =
    data === undefined
      ? 'write the JSON that the trainer was sent, or give --task-queue'
      : `${path.join('.')}: ${message}; docs/trainer.schema.json describes a request`;
  throw new TidewatchError('INVALID_OPTION', { option: 'standard input', reason });
}

type Metadata = Readonly<Record<string, unknown>>;

function metadataOf(name: Metadata, { namespace }: JobSettings): Metadata {
  return { ...name, ...(namespace !== undefined && { namespace }), labels };
}

function jobOf(
  metadata: Metadata,
  { image, cpu, memory, timeout, secret }: JobSettings,
  parts: { readonly env: unknown; readonly volumes?: unknown; readonly volumeMounts?: unknown },
): object {
  const { volumes, ...container } = parts;
  const resources = { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      activeDeadlineSeconds: seconds(timeout),
      // Another try is another training: whether there is one, the retraining decides.
      backoffLimit: 0,
      ttlSecondsAfterFinished: dayMs / secondMs,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'trainer',
              image,
              ...container,
              ...(secret !== undefined && { envFrom: [{ secretRef: { name: secret } }] }),
              // One that takes more memory than it may is ended, not what runs beside it.
              ...(Object.keys(resources).length > 0 && {
                resources: { requests: resources, ...(memory !== undefined && { limits: { memory } }) },
              }),
            },
          ],
          ...(volumes !== undefined && { volumes }),
        },
      },
    },
  };
}

function seconds(timeout: string): number {
  if (!isDuration(timeout) || durationMs(timeout) < secondMs)
    throw new TidewatchError('INVALID_OPTION', { option: '--timeout', reason: 'write for example 6h' });
  return Math.floor(durationMs(timeout) / secondMs);
}

/** Two retrainings never have the same, however their names are shortened. */
function jobName({ model, retrainingId }: TrainingRequest): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([model, retrainingId]))
    .digest('hex')
    .slice(0, 10);
  return `retrain-${dnsLabel(model, 40)}-${hash}`;
}

/** As Kubernetes wants names: small letters, digits and hyphens, with neither end a hyphen. */
function dnsLabel(text: string, longest: number): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, longest)
    .replaceAll(/^-+|-+$/g, '');
}
