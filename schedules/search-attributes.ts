/** Which search attributes has the namespace, and how runs are started that the list shows by them? */

import type { Client } from '@temporalio/client';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { defineSearchAttributeKey } from '@temporalio/common';

import { searchAttributeNames } from '../core/process/search-attributes.ts';

/** The search attribute that every run carries, so that the UI can list the runs of one model. */
export const modelKey = defineSearchAttributeKey(searchAttributeNames.model, 'KEYWORD');
const windowKey = defineSearchAttributeKey(searchAttributeNames.window, 'KEYWORD');

/** Keyword, as the server counts the kinds. */
export const keyword = 2;

// https://grpc.io/docs/guides/status-codes: permission denied, unimplemented.
const untold = new Set([7, 12]);

/** Whether runs can show their window and verdict; not where the server does not tell. */
export async function canShowVerdicts(client: Client): Promise<boolean> {
  const missing = await missingAttributes(client);
  return missing?.every((name) => name === searchAttributeNames.model) ?? false;
}

/** The search attributes that the namespace lacks; undefined where the server does not tell. */
export async function missingAttributes(client: Client): Promise<readonly string[] | undefined> {
  if (!(client.connection instanceof Connection)) return undefined;
  const { namespace } = client.options;
  try {
    const answer = await client.connection.operatorService.listSearchAttributes({ namespace });
    const kinds: Readonly<Record<string, number>> = answer.customAttributes;
    return Object.values(searchAttributeNames).filter((name) => kinds[name] !== keyword);
  } catch (error) {
    if (isGrpcServiceError(error) && untold.has(error.code)) return undefined;
    throw error;
  }
}

/** The command that makes them; those that are there already do not disturb it. */
export function createAttributes(names: readonly string[]): string {
  const pairs = names.map((name) => `--name ${name} --type Keyword`).join(' ');
  return `temporal operator search-attribute create ${pairs}`;
}

/** The same for somebody who may; Temporal Cloud has a command of its own. */
export function howToMake(namespace: string, names: readonly string[]): string {
  const inCloud = names.map((name) => ` --search-attribute ${name}=Keyword`).join('');
  return `run \`${createAttributes(names)}\`, in Temporal Cloud \`tcld namespace search-attributes add --namespace ${namespace}${inCloud}\``;
}

/**
 * Starts a run that the list shows by its model, and by its window where it has one. The server refuses one with an attribute that
 * the namespace does not have: that run is started without any.
 */
export async function startShown<T>(
  {
    model,
    window,
  }: { readonly model: string; readonly window?: { readonly start: string; readonly end: string } },
  start: (typedSearchAttributes: SearchAttributePair[]) => Promise<T>,
): Promise<T> {
  try {
    return await start([
      { key: modelKey, value: model },
      ...(window === undefined ? [] : [{ key: windowKey, value: `${window.start}/${window.end}` }]),
    ]);
  } catch (error) {
    if (unknownAttribute(error) === undefined) throw error;
    return start([]);
  }
}

/** The search attribute that the server does not know, if that is what it says. */
export function unknownAttribute(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const name = /no mapping defined for search attribute (\w+)/.exec(cause.message)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}
