/** Which search attributes has the namespace? */

import type { Client } from '@temporalio/client';
import { Connection, isGrpcServiceError } from '@temporalio/client';

import { searchAttributeNames } from '../core/process/search-attributes.ts';

/** Keyword, as the server counts the kinds. */
const keyword = 2;

// https://grpc.io/docs/guides/status-codes: permission denied, unimplemented.
const untold = new Set([7, 12]);

/** Whether runs can show their window and verdict; not where the server does not tell. */
export async function canShowVerdicts(client: Client): Promise<boolean> {
  if (!(client.connection instanceof Connection)) return false;
  const { namespace } = client.options;
  try {
    const answer = await client.connection.operatorService.listSearchAttributes({ namespace });
    const kinds: Readonly<Record<string, number>> = answer.customAttributes;
    return [searchAttributeNames.window, searchAttributeNames.verdict].every(
      (name) => kinds[name] === keyword,
    );
  } catch (error) {
    if (isGrpcServiceError(error) && untold.has(error.code)) return false;
    throw error;
  }
}
