/** A trainer that speaks the contract of core/retraining/trainer-contract.ts over HTTP on loopback. */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import getPort from 'get-port';

import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';

export interface FakeTrainer {
  readonly url: string;
  /** The trainings that began, one an id: asking again for the same one does not train twice. */
  trainings(): readonly TrainingRequest[];
  /** How many times it was asked to train. */
  requests(): number;
  /** The ids that it was told to stop, known or not. */
  cancelled(): readonly string[];
  /** Answers every request from now on with this status and text; undefined: properly again. */
  refuse(answer: { readonly status: number; readonly text: string } | undefined): void;
  /** Forgets every training. */
  reset(): void;
  stop(): Promise<void>;
  /** Listens again on the same port. */
  restart(): Promise<void>;
}

/** `train` fits the challenger: the training is `running` until it resolves, then the trainer answers what it gives. */
export async function startFakeTrainer(
  train: (request: TrainingRequest) => Promise<TrainingAnswer>,
): Promise<FakeTrainer> {
  const begun = new Map<string, { readonly request: TrainingRequest; answer: TrainingAnswer }>();
  const cancelled = new Set<string>();
  let requests = 0;
  let refusal: { readonly status: number; readonly text: string } | undefined;

  function begin(request: TrainingRequest): TrainingAnswer {
    requests += 1;
    const known = begun.get(request.retrainingId);
    if (known !== undefined) return known.answer;
    const training: { readonly request: TrainingRequest; answer: TrainingAnswer } = {
      request,
      answer: { state: 'running' },
    };
    begun.set(request.retrainingId, training);
    void train(request).then(
      (answer) => (training.answer = answer),
      (error: unknown) => (training.answer = { state: 'failed', reason: String(error) }),
    );
    return training.answer;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, body: string): void => void response.writeHead(status).end(body);
    if (refusal !== undefined) return reply(refusal.status, refusal.text);
    if (request.method === 'POST' && request.url === '/trainings') {
      return reply(200, JSON.stringify(begin((await json(request)) as TrainingRequest)));
    }
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://trainer');
    const id = decodeURIComponent(pathname.replace('/trainings/', ''));
    if (request.method === 'DELETE') cancelled.add(id);
    const training = begun.get(id);
    if (training === undefined || training.request.model !== searchParams.get('model'))
      return reply(404, 'no such training');
    return reply(200, JSON.stringify(training.answer));
  }

  const server = createServer((request, response) => void answer(request, response));
  const port = await getPort({ host: '127.0.0.1' });
  const listen = async (): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    trainings: () => [...begun.values()].map(({ request }) => request),
    requests: () => requests,
    cancelled: () => [...cancelled],
    refuse: (with_) => {
      refusal = with_;
    },
    reset: () => {
      begun.clear();
      cancelled.clear();
      requests = 0;
    },
    restart: listen,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
