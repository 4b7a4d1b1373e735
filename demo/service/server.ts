/**
 * The demo's model service, a process of its own: serves predictions with the champion and logs them, and is the trainer
 * that `retraining` asks, with /metrics for Prometheus. It speaks the contract that any user's service and trainer would, but
 * answers only when its predictions are stored: the replay runs that day's schedules next.
 */

import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { z } from 'zod';

import { openServiceMetrics } from '../../client/service-metrics.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { reasonOf } from '../../core/errors.ts';
import { trainingRequestSchema } from '../../core/retraining/trainer-contract.ts';
import { openDatabase } from '../../sql/database.ts';
import { fitFirstModel, fitOnOutcomes } from './fit.ts';
import { openModelStore } from './models.ts';
import { predictAndLog } from './predict.ts';
import { openTrainings } from './trainings.ts';

const bodies = {
  '/models': z.object({ model: z.string() }),
  '/predictions': z.object({
    model: z.string(),
    rows: z.array(
      z.object({ entity: z.string(), eventTime: z.number(), features: z.record(z.string(), z.unknown()) }),
    ),
  }),
  '/trainings': trainingRequestSchema(),
} as const;

const [databaseUrl, modelDirectory] = process.argv.slice(2);
if (databaseUrl === undefined || modelDirectory === undefined) {
  throw new Error('usage: server.ts DATABASE_URL MODEL_DIRECTORY');
}
const database = openDatabase({ url: databaseUrl, poolSize: 4, applicationName: 'demo-service' });
const client = openClient({ database });
const models = openModelStore(modelDirectory);
const metrics = openServiceMetrics();
const trainings = openTrainings((request) => fitOnOutcomes({ database, client, models }, request));

async function answer(method: string, path: string, body: unknown): Promise<unknown> {
  if (method === 'POST' && path === '/models') {
    return fitFirstModel({ database, models }, bodies['/models'].parse(body).model);
  }
  if (method === 'POST' && path === '/predictions') {
    const { model, rows } = bodies['/predictions'].parse(body);
    return predictAndLog({ database, client, models }, model, rows);
  }
  if (method === 'POST' && path === '/trainings') return trainings.start(bodies['/trainings'].parse(body));
  if (method === 'GET' && path.startsWith('/trainings/')) {
    return trainings.read(decodeURIComponent(path.slice('/trainings/'.length)));
  }
  return undefined;
}

const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path === '/metrics') {
    metrics.answerScrape(response);
    return;
  }
  if (path === '/predictions') metrics.observe(request, response);
  const send = (status: number, content: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(content));
  };
  readJson(request)
    .then((body) => answer(request.method ?? 'GET', path, body))
    .then(
      (result) => (result === undefined ? send(404, { error: `nothing at ${path}` }) : send(200, result)),
      (error: unknown) => send(error instanceof z.ZodError ? 400 : 500, { error: reasonOf(error) }),
    );
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void client.close().then(() => database.close());
});

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
