/** Makes the search attributes that a namespace lacks, as a dev server or a new namespace does. */

import { setTimeout as pause } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import { Connection, isGrpcServiceError } from '@temporalio/client';

import { TidewatchError } from '../core/errors.ts';
import { searchAttributeNames } from '../core/process/search-attributes.ts';
import { secondMs } from '../core/window.ts';
import { howToMake, keyword, missingAttributes, unknownAttribute } from './search-attributes.ts';
import { withTemporalErrors } from './temporal-client.ts';

/** What the namespace lacks: nothing, and where the server does not tell, what a schedule will show. */
export async function planAttributes(client: Client): Promise<readonly string[]> {
  return withTemporalErrors(client, async () => (await missingAttributes(client)) ?? []);
}

/** They were made; or why not, though schedules can do without them: `Model` is there. */
export type MadeAttributes =
  | { readonly made: readonly string[] }
  | { readonly missing: readonly string[]; readonly reason: string };

// https://grpc.io/docs/guides/status-codes
const alreadyExists = 6;
const invalidArgument = 3;
const unreachable = new Set([4, 14]);

/** The caches of a server learn of a new attribute some seconds later; of a large one within a minute. */
const longestWaitMs = 90 * secondMs;
const pauseMs = 200;

/**
 * Makes the attributes that are missing, and waits until the server takes runs and queries by them. Twice, or by two at once, it
 * does no harm.
 *
 * @throws TidewatchError `SCHEDULE_REFUSED` with the command that makes them where this connection may not and `Model` is one of
 *   them; `TEMPORAL_UNREACHABLE`
 */
export async function makeAttributes(client: Client, names: readonly string[]): Promise<MadeAttributes> {
  if (names.length === 0 || !(client.connection instanceof Connection)) return { made: [] };
  const { namespace } = client.options;
  const searchAttributes = Object.fromEntries(names.map((name) => [name, keyword]));
  try {
    await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (!isGrpcServiceError(error) || unreachable.has(error.code))
      return withTemporalErrors(client, () => Promise.reject(error));
    const missing = grpcCodeOf(error) === alreadyExists ? await planAttributes(client) : names;
    if (missing.includes(searchAttributeNames.model))
      throw new TidewatchError(
        'SCHEDULE_REFUSED',
        { problems: `  ${cannotMake(namespace, missing, error.details)}` },
        { cause: error },
      );
    if (missing.length > 0) return { missing, reason: cannotMake(namespace, missing, error.details) };
  }
  await waitUntilKnown(client, names);
  return { made: names };
}

function cannotMake(namespace: string, names: readonly string[], reason: string): string {
  return `the namespace "${namespace}" lacks the search attributes ${names.join(', ')}, and Temporal does not let this connection make them (${reason}); ${howToMake(namespace, names)}`;
}

/** One part of the server takes what is asked; another may not yet. */
async function waitUntilKnown(client: Client, names: readonly string[]): Promise<void> {
  const query = names.map((name) => `${name} = "none"`).join(' and ');
  await untilKnown(
    () => withTemporalErrors(client, () => client.workflow.count(query)),
    (error) => grpcCodeOf(error) === invalidArgument,
  );
}

function grpcCodeOf(error: unknown): number | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (isGrpcServiceError(cause)) return cause.code;
  return undefined;
}

/** Repeats what the server refuses because it does not know a new attribute yet; after 90 seconds its last refusal counts. */
export async function untilKnown<T>(
  call: () => Promise<T>,
  isUnknown = (error: unknown): boolean => unknownAttribute(error) !== undefined,
): Promise<T> {
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return await call();
    } catch (error) {
      if (!isUnknown(error) || waited >= longestWaitMs) throw error;
    }
    await pause(pauseMs);
  }
}
