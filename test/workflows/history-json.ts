/**
 * A history as a file. The SDK's own functions for that fail where npm has installed protobufjs more than once, which it
 * does beside packages that need an older one.
 */

/** A protobuf message as plain JSON: long integers as numbers, bytes as `{ "base64" }`. */
export function historyToJson(history: object): string {
  return JSON.stringify(plain(history), null, 2);
}

/** What `Worker.runReplayHistory` takes. */
export function historyFromJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) =>
    isRecord(value) && typeof value['base64'] === 'string' ? Buffer.from(value['base64'], 'base64') : value,
  );
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (isLong(value)) return value.toNumber();
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) =>
      part === null || part === undefined || about.has(key) ? [] : [[key, plain(part)]],
    ),
  );
}

/** Who ran it and where is none of a replay's business. */
const about: ReadonlySet<string> = new Set(['identity', 'stackTrace', 'workerVersion']);

function isLong(value: object): value is { toNumber(): number } {
  return 'toNumber' in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
