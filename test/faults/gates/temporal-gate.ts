/** A gate in front of the Temporal server that reads along: it knows which activities its worker is at, and when one is reported. */

import {
  connect,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { gunzipSync } from 'node:zlib';

import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';
import { armed, type Armed } from './armed.ts';

/** Before a task is given to the worker; before the server hears that it is done; and when it has heard, before the worker knows. */
export type TaskMoment = 'given' | 'before report' | 'after report';

export interface ActivityTask {
  readonly type: string;
  readonly workflowId: string;
}

export interface TemporalGate extends Pick<Armed<TaskMoment, ActivityTask, 'pass' | 'cut'>, 'arm'> {
  readonly port: number;
  leadTo(port: number): void;
  /** The activities that its worker has been given and not reported. */
  running(): readonly ActivityTask[];
  /** Forgets them: the worker is gone. */
  forget(): void;
  /** How many activities were reported as done. */
  reported(): number;
  cut(): void;
  stop(): Promise<void>;
}

/** The length-delimited fields of a protobuf message, by number; of a repeated one the last. */
function fieldsOf(message: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const wireType = key & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else {
      const length = varint();
      fields.set(key >> 3, message.subarray(at, at + length));
      at += length;
    }
  }
  return fields;
}

/** The message in the body of a call, which has one at most. */
function messageOf(body: Buffer): Buffer {
  if (body.length < 5) return Buffer.alloc(0);
  const message = body.subarray(5, 5 + body.readUInt32BE(1));
  return body[0] === 1 ? gunzipSync(message) : message;
}

const tokenOf = (fields: Map<number, Buffer>): string =>
  (fields.get(1) ?? Buffer.alloc(0)).toString('base64');
const nameIn = (field: Buffer | undefined): string =>
  field === undefined ? '' : (fieldsOf(field).get(1)?.toString('utf8') ?? '');

const reports = /\/RespondActivityTask(Completed|Failed|Canceled)$/;

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders | undefined;
}

export async function openTemporalGate(): Promise<TemporalGate> {
  const traps = armed<TaskMoment, ActivityTask, 'pass' | 'cut'>();
  const running = new Map<string, ActivityTask>();
  const sessions = new Set<ServerHttp2Session>();
  let reported = 0;
  let target = 0;
  let upstream: ClientHttp2Session | undefined;

  function session(): ClientHttp2Session {
    if (upstream !== undefined && !upstream.closed && !upstream.destroyed) return upstream;
    const opened = connect(`http://127.0.0.1:${target}`);
    // Each call that is under way hears of it.
    opened.on('error', () => undefined);
    upstream = opened;
    return opened;
  }

  function ask(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { ':scheme': _, ':authority': __, ...rest } = headers;
      const call = session().request(rest);
      stream.once('close', () => call.close());
      const chunks: Buffer[] = [];
      let answered: IncomingHttpHeaders | undefined;
      let trailers: IncomingHttpHeaders | undefined;
      call.on('response', (headers) => {
        answered = headers;
      });
      call.on('trailers', (headers) => {
        trailers = headers;
      });
      call.on('data', (data: Buffer) => chunks.push(data));
      call.on('error', reject);
      call.on('close', () => {
        if (answered === undefined) reject(new Error('no answer'));
        else resolve({ headers: answered, body: Buffer.concat(chunks), trailers });
      });
      call.end(body);
    });
  }

  async function pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = String(headers[':path']);
    const cut = (): void => stream.session?.destroy();

    const token = reports.test(path) ? tokenOf(fieldsOf(messageOf(body))) : undefined;
    const task = token === undefined ? undefined : running.get(token);
    if (task !== undefined && (await traps.spring('before report', task)) === 'cut') return cut();
    const answer = await ask(stream, headers, body);
    if (task !== undefined) {
      running.delete(token!);
      reported += 1;
      if ((await traps.spring('after report', task)) === 'cut') return cut();
    }
    if (path.endsWith('/PollActivityTaskQueue')) {
      const fields = fieldsOf(messageOf(answer.body));
      const type = nameIn(fields.get(5));
      if (type !== '') {
        const given = { type, workflowId: nameIn(fields.get(4)) };
        running.set(tokenOf(fields), given);
        if ((await traps.spring('given', given)) === 'cut') return cut();
      }
    }
    if (stream.destroyed) return;
    const { trailers } = answer;
    if (trailers === undefined) {
      stream.respond(answer.headers);
      stream.end(answer.body);
      return;
    }
    stream.respond(answer.headers, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(answer.body);
  }

  /** What a client is told of a server that is away. */
  const unavailable = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' };

  const server = createServer({ settings: { initialWindowSize: 2 ** 20 } });
  server.on('session', (opened) => {
    sessions.add(opened);
    opened.on('close', () => sessions.delete(opened));
    opened.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    pass(stream, headers).catch(() => {
      if (!stream.destroyed && !stream.headersSent) stream.respond(unavailable, { endStream: true });
    });
  });
  const port = await listenOnLoopback(server);
  const cut = (): void => {
    for (const opened of sessions) opened.destroy();
  };
  return {
    port,
    leadTo: (to) => {
      target = to;
      upstream?.destroy();
      upstream = undefined;
    },
    arm: traps.arm,
    running: () => [...running.values()],
    forget: () => running.clear(),
    reported: () => reported,
    cut,
    stop: async () => {
      cut();
      upstream?.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
