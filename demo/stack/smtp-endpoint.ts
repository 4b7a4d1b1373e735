import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import type { Attachment } from 'postal-mime';
import PostalMime from 'postal-mime';
import type { SMTPServerEnvelope } from 'smtp-server';
import { SMTPServer } from 'smtp-server';
import { listenOnLoopback } from './loopback-ports.ts';

export interface ReceivedEmail {
  readonly receivedAt: Date;
  /** The sender of the envelope; empty for a bounce. */
  readonly from: string;
  /** The recipients of the envelope, hidden ones (Bcc) included. */
  readonly to: readonly string[];
  readonly subject: string;
  /** With its angle brackets; empty where the message has none. */
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  /** By lower-case name; of a repeated header the last value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly Attachment[];
  readonly raw: string;
}

interface SmtpRefusal {
  /** 4xx asks the client to try again, 5xx not to. */
  readonly code: number;
  readonly message?: string;
  /** How many of the next messages are refused. Default 1. */
  readonly times?: number;
}

export interface SmtpEndpoint {
  /** `smtp://127.0.0.1:PORT`, without authentication and TLS. */
  readonly url: string;
  /** The messages that were accepted, oldest first. */
  messages(): readonly ReceivedEmail[];
  /** Refuses the next messages after they were transferred. Calls add up. */
  refuseNext(refusal: SmtpRefusal): void;
  stop(): Promise<void>;
}

/** A client that stays connected is cut off after this time when the server stops. */
const CLOSE_TIMEOUT_MS = 200;

async function parseEmail(raw: Buffer, envelope: SMTPServerEnvelope): Promise<ReceivedEmail> {
  const email = await PostalMime.parse(raw);
  return {
    receivedAt: new Date(),
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
    subject: email.subject ?? '',
    messageId: email.messageId ?? '',
    text: email.text ?? '',
    html: email.html ?? '',
    headers: Object.fromEntries(email.headers.map(({ key, value }) => [key, value])),
    attachments: email.attachments,
    raw: raw.toString('utf8'),
  };
}

/**
 * Starts an SMTP server on a free loopback port that keeps what it is sent.
 *
 * @example
 * const smtp = await startSmtpEndpoint();
 * smtp.refuseNext({ code: 451 }); // the next message is to be tried again
 */
export async function startSmtpEndpoint(): Promise<SmtpEndpoint> {
  const received: ReceivedEmail[] = [];
  const refusals: SmtpRefusal[] = [];

  async function accept(stream: NodeJS.ReadableStream, envelope: SMTPServerEnvelope): Promise<void> {
    const raw = await buffer(stream);
    const refusal = refusals.shift();
    if (refusal !== undefined) {
      throw Object.assign(new Error(refusal.message ?? 'Refused'), { responseCode: refusal.code });
    }
    received.push(await parseEmail(raw, envelope));
  }

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: CLOSE_TIMEOUT_MS,
    onData: (stream, session, done) => callbackify(accept)(stream, session.envelope, done),
  });
  // A client that resets its connection must not end this process.
  server.on('error', () => undefined);
  const port = await listenOnLoopback(server.server);

  return {
    url: `smtp://127.0.0.1:${port}`,
    messages: () => [...received],
    refuseNext: (refusal) => void refusals.push(...Array.from({ length: refusal.times ?? 1 }, () => refusal)),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
