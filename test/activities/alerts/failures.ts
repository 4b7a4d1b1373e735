import { TidewatchError } from '../../../core/errors.ts';

/** The error that a delivery ends in. */
export async function failureOf(sending: Promise<unknown>): Promise<TidewatchError> {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TidewatchError) return error;
  throw new Error(`expected a TidewatchError, got ${String(error)}`);
}
