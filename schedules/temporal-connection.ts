/** How Temporal is reached: for worker, commands and console alike. */

import { connect as connectTls } from 'node:tls';

import type { ConnectionOptions } from '@temporalio/client';
import { defaultGrpcRetryOptions, isGrpcServiceError, makeGrpcRetryInterceptor } from '@temporalio/client';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { tlsFaultOf, type TlsFault } from '../core/tls-fault.ts';
import type { PayloadKeys } from './payload-codec.ts';

/** What a server behind TLS wants. */
export type TemporalSecurity = Pick<ConnectionOptions, 'tls' | 'metadata'> & { readonly apiKey?: string };

export interface TemporalTarget {
  /** Undefined: payloads are stored as they are. */
  readonly payloadKeys?: PayloadKeys | undefined;
  readonly address: string;
  /** Undefined: plain text. */
  readonly security?: TemporalSecurity | undefined;
}

export function connectionOptions({
  address,
  security,
}: TemporalTarget): TemporalSecurity & { address: string } {
  return { address, ...security };
}

/** The same for a client, which tries again what the SDK does, and what a busy server has given up itself. */
export function clientOptions(
  target: TemporalTarget,
): TemporalSecurity & Pick<ConnectionOptions, 'interceptors'> & { address: string } {
  return { ...connectionOptions(target), interceptors: [makeGrpcRetryInterceptor(retries)] };
}

const byDefault = defaultGrpcRetryOptions();
const maxAttemptsOfBusy = 3;
const retries: typeof byDefault = {
  ...byDefault,
  retryableDecider: (attempt, status) =>
    byDefault.retryableDecider(attempt, status) || (attempt < maxAttemptsOfBusy && isGivenUp(status)),
};

/** The words of the server. Those of a client whose own time is over are others. */
function isGivenUp({ code, details }: { readonly code: number; readonly details: string }): boolean {
  return code === 4 && details === 'context deadline exceeded';
}

const remedies: Readonly<Record<TlsFault, string>> = {
  authority: 'Let TEMPORAL_TLS_SERVER_CA_CERT_PATH name the certificate of the authority that has signed it',
  expired: 'Let whoever runs the server renew it, and see that the clocks agree',
  name: 'Write in TEMPORAL_ADDRESS the name that it is for, or that name in TEMPORAL_TLS_SERVER_NAME',
  'client certificate':
    'Let TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH name a certificate and its key that the server accepts',
  'not offered': 'Leave TEMPORAL_TLS away, or write the address where it does',
};

// https://grpc.io/docs/guides/status-codes
const refusedCodes = new Set([7, 16]);

/**
 * An error of connecting, in the words of the catalog.
 *
 * @param patienceMs so long the server is asked why, at most 3 seconds
 */
export async function connectionProblem(
  target: TemporalTarget,
  error: unknown,
  patienceMs = handshakeMs,
): Promise<TidewatchError> {
  const { address, security } = target;
  const refused = (reason: string, remedy: string): TidewatchError =>
    new TidewatchError('CONNECTION_REFUSED', { what: 'Temporal', address, reason, remedy }, { cause: error });
  if (isGrpcServiceError(error) && refusedCodes.has(error.code))
    return refused(error.details, 'See TEMPORAL_API_KEY and TEMPORAL_TLS_CLIENT_CERT_PATH');
  // The clients say that they did not get there in time, and not why: a handshake of our own is asked.
  const { outcome, cause } = await shakeHands(target, Math.min(patienceMs, handshakeMs));
  const fault = tlsFaultOf(cause);
  if (security?.tls && fault !== undefined) return refused(fault.words, remedies[fault.fault]);
  if (!security?.tls && outcome === 'offers TLS')
    return refused(
      'it speaks TLS only',
      'Write TEMPORAL_TLS=true, with what else it wants: docs/security.md',
    );
  return new TidewatchError('TEMPORAL_UNREACHABLE', { address, reason: reasonOf(error) }, { cause: error });
}

/** A server says after the handshake that it does not like a certificate: so long it is listened to. */
const objectionMs = 500;
const handshakeMs = 3_000;

interface Handshake {
  readonly outcome: 'offers TLS' | 'failed';
  readonly cause?: unknown;
}

const closed: Handshake = { outcome: 'offers TLS', cause: new Error('requires a valid client certificate') };

function shakeHands({ address, security }: TemporalTarget, timeoutMs: number): Promise<Handshake> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const tls = typeof security?.tls === 'object' && security.tls !== null ? security.tls : {};
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connectTls({
      host,
      port: Number(port || 7233),
      ALPNProtocols: ['h2'],
      servername: tls.serverNameOverride ?? (/^[\d.]+$|:/.test(host) ? '' : host),
      ...(tls.serverNameOverride === undefined ? {} : { host }),
      ...(tls.serverRootCACertificate && { ca: Buffer.from(tls.serverRootCACertificate) }),
      ...(tls.clientCertPair && {
        cert: Buffer.from(tls.clientCertPair.crt),
        key: Buffer.from(tls.clientCertPair.key),
      }),
      // Without TLS of our own it is only asked whether the server has it.
      rejectUnauthorized: Boolean(security?.tls),
    });
    const end = (handshake: Handshake): void => {
      socket.destroy();
      resolve(handshake);
    };
    let isUp = false;
    socket.setTimeout(timeoutMs, () => end({ outcome: 'failed' }));
    socket.once('error', (cause) => {
      const objects = tlsFaultOf(cause)?.fault === 'client certificate';
      end(objects || !isUp ? { outcome: objects ? 'offers TLS' : 'failed', cause } : closed);
    });
    // Some servers say nothing, and hang up.
    socket.once('close', () => end(isUp ? closed : { outcome: 'failed' }));
    socket.once('secureConnect', () => {
      isUp = true;
      setTimeout(() => end({ outcome: 'offers TLS' }), objectionMs);
    });
  });
}
