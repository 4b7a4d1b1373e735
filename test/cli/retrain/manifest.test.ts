import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { readRequest, requestManifest, taskQueueManifest } from '../../../cli/retrain/manifest.ts';
import type { TrainingRequest } from '../../../core/retraining/trainer-contract.ts';

const request: TrainingRequest = {
  retrainingId: '2011-05-20T03:40:00Z',
  model: 'bike-demand',
  purpose: 'retraining',
  training: { start: '2011-03-29T00:00:00Z', end: '2011-05-13T00:00:00Z' },
  holdout: { start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' },
  exclude: [],
  callback: { url: 'https://tidewatch.example.org/retrainings/x/y/completion', token: 'a token' },
};
const settings = { image: 'registry.example.org/trainer:1', timeout: '2h' };
const documents = (yaml: string): unknown[] =>
  parseAllDocuments(yaml).map((document) => document.toJS() as unknown);
const nameOf = (given: TrainingRequest): unknown =>
  (documents(requestManifest(given, settings))[1] as { metadata: { name: unknown } }).metadata.name;

describe('the manifest of one training', () => {
  it('is a Secret with the request, which has a token, and the Job that reads it', () => {
    const whole = { ...settings, namespace: 'ml', cpu: '2', memory: '4Gi', secret: 'trainer-environment' };
    const labels = { 'app.kubernetes.io/managed-by': 'tidewatch', 'app.kubernetes.io/component': 'trainer' };
    const name = 'retrain-bike-demand-3fbd0b3111';
    expect(documents(requestManifest(request, whole))).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: 'ml', labels },
        stringData: { 'request.json': JSON.stringify(request) },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name,
          namespace: 'ml',
          labels,
          annotations: {
            'tidewatch/model': 'bike-demand',
            'tidewatch/retraining-id': '2011-05-20T03:40:00Z',
          },
        },
        spec: {
          activeDeadlineSeconds: 7200,
          backoffLimit: 0,
          ttlSecondsAfterFinished: 86_400,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: 'Never',
              containers: [
                {
                  name: 'trainer',
                  image: 'registry.example.org/trainer:1',
                  env: [{ name: 'TIDEWATCH_REQUEST', value: '/etc/tidewatch/request.json' }],
                  envFrom: [{ secretRef: { name: 'trainer-environment' } }],
                  resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '4Gi' } },
                  volumeMounts: [{ name: 'request', mountPath: '/etc/tidewatch', readOnly: true }],
                },
              ],
              volumes: [{ name: 'request', secret: { secretName: name } }],
            },
          },
        },
      },
    ]);
  });

  it('shows the token nowhere but in the Secret', () => {
    const [, job] = documents(requestManifest(request, settings));
    expect(JSON.stringify(job)).not.toContain('a token');
  });

  it('is called the same for the same training, and otherwise for any other', () => {
    const long = 'a'.repeat(63);
    const names = [
      request,
      { ...request, retrainingId: '2011-05-21T03:40:00Z' },
      { ...request, model: 'bike.demand' },
      { ...request, model: long },
      { ...request, model: `${long.slice(1)}b` },
    ].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(nameOf({ ...request })).toBe(names[0]);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  });

  it.each(['soon', '0h'])('needs a time limit, not %j', (timeout) => {
    expect(() => requestManifest(request, { ...settings, timeout })).toThrow(
      '--timeout: write for example 6h.',
    );
  });
});

describe('the manifest for a task queue', () => {
  it('is a Job that knows where to wait for its training', () => {
    const queue = {
      taskQueue: 'GPU trainers',
      temporalAddress: 'temporal:7233',
      temporalNamespace: 'default',
    };
    expect(documents(taskQueueManifest(queue, settings))).toMatchObject([
      {
        kind: 'Job',
        metadata: { generateName: 'trainer-gpu-trainers-' },
        spec: {
          template: {
            spec: {
              containers: [
                {
                  env: [
                    { name: 'TASK_QUEUE', value: 'GPU trainers' },
                    { name: 'TEMPORAL_ADDRESS', value: 'temporal:7233' },
                    { name: 'TEMPORAL_NAMESPACE', value: 'default' },
                  ],
                },
              ],
            },
          },
        },
      },
    ]);
  });
});

it.each(['yes', 'on', '1', '2011-05-20T03:40:00Z', '0o7', 'null'])(
  'is read as it was meant by tools that read YAML 1.1: %s',
  (word) => {
    const queue = { taskQueue: word, temporalAddress: 'temporal:7233', temporalNamespace: 'default' };
    const [job] = parseAllDocuments(taskQueueManifest(queue, settings), { version: '1.1' });
    expect(JSON.stringify(job)).toContain(JSON.stringify({ name: 'TASK_QUEUE', value: word }));
  },
);

describe('the request on standard input', () => {
  it('is what the trainer was sent', () => {
    expect(readRequest(JSON.stringify(request))).toEqual(request);
  });

  it.each([
    ['', 'standard input: write the JSON that the trainer was sent, or give --task-queue.'],
    ['{', 'standard input: write the JSON that the trainer was sent, or give --task-queue.'],
    ['{}', 'docs/trainer.schema.json describes a request'],
    [JSON.stringify({ ...request, holdout: 'the last week' }), 'standard input: holdout: '],
  ])('that is %j is refused', (text, words) => {
    expect(() => readRequest(text)).toThrow(words);
  });
});
