/** The connection to Temporal that schedules are managed through, and its errors in the words of the catalog. */

import { Client, Connection, isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client';

import { TidewatchError } from '../core/errors.ts';
import { clientSpans } from './client-spans.ts';
import { dataConverterOf } from './payload-codec.ts';
import { clientOptions, connectionProblem, type TemporalTarget } from './temporal-connection.ts';
import { searchAttributeNames } from '../core/process/search-attributes.ts';
import { howToMake, missingAttributes, unknownAttribute } from './search-attributes.ts';

export interface TemporalClient {
  readonly client: Client;
  close(): Promise<void>;
}

/**
 * Connects to a Temporal server.
 *
 * @throws TidewatchError `TEMPORAL_UNREACHABLE` when it does not answer in time, by default 5 seconds, `CONNECTION_REFUSED` when one side does not trust the other
 */
export async function connectTemporal(
  options: TemporalTarget & {
    readonly namespace: string;
    /** What is asked of it goes on with the trace of who asks. */
    readonly traced?: boolean;
    readonly connectTimeoutMs?: number;
  },
): Promise<TemporalClient> {
  const { namespace, payloadKeys, traced = false, connectTimeoutMs = 5_000 } = options;
  try {
    const connection = await Connection.connect({
      ...clientOptions(options),
      connectTimeout: connectTimeoutMs,
    });
    const interceptors = traced ? await clientSpans() : {};
    const client = new Client({ connection, namespace, interceptors, ...dataConverterOf(payloadKeys) });
    return { client, close: () => connection.close() };
  } catch (error) {
    throw await connectionProblem(options, error, connectTimeoutMs);
  }
}

// https://grpc.io/docs/guides/status-codes
const unreachableCodes = new Set([4, 14]);
/** Invalid argument, permission denied, unauthenticated. */
const refusedCodes = new Set([3, 7, 16]);

/**
 * Runs calls to the server and translates how they fail: gone is `TEMPORAL_UNREACHABLE`; a namespace, search attribute, cron
 * expression or time zone that the server does not know, and missing permission, are `SCHEDULE_REFUSED`. Anything else stays as it is.
 *
 * @param writing the schedule that the calls write, if they write one
 */
export async function withTemporalErrors<T>(
  client: Client,
  calls: () => Promise<T>,
  writing?: string,
): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    throw await translate(client, error, writing);
  }
}

async function translate(client: Client, error: unknown, writing: string | undefined): Promise<unknown> {
  if (error instanceof NamespaceNotFoundError) {
    return refused(`TEMPORAL_NAMESPACE: the server has no namespace "${error.namespace}"`, error);
  }
  // The SDK's own words for an invalid cron expression or time zone.
  if (error instanceof TypeError && writing !== undefined) {
    return refused(`schedule ${writing}: ${error.message}`, error);
  }
  // A service that the SDK does not wrap throws the cause itself.
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  if (!isGrpcServiceError(cause)) return error;
  if (unreachableCodes.has(cause.code)) {
    const address =
      client.connection instanceof Connection ? client.connection.options.address : 'its address';
    return new TidewatchError('TEMPORAL_UNREACHABLE', { address, reason: cause.details }, { cause: error });
  }
  const unknown = unknownAttribute(cause);
  if (unknown !== undefined) {
    const { namespace } = client.options;
    const missing = await allMissing(client, unknown);
    const problem = `the namespace "${namespace}" lacks the search attributes ${missing.join(', ')}; ${howToMake(namespace, missing)}`;
    return refused(problem, error);
  }
  if (refusedCodes.has(cause.code)) return refused(`Temporal refuses the call: ${cause.details}`, error);
  return error;
}

/** All of those that would be refused one after another. Who may not ask is told all that there are: a second time does no harm. */
async function allMissing(client: Client, unknown: string): Promise<readonly string[]> {
  try {
    const missing = (await missingAttributes(client)) ?? Object.values(searchAttributeNames);
    return missing.includes(unknown) ? missing : [unknown];
  } catch {
    return [unknown];
  }
}

function refused(problem: string, cause: unknown): TidewatchError {
  return new TidewatchError('SCHEDULE_REFUSED', { problems: `  ${problem}` }, { cause });
}
