import { TidewatchError } from '../../../core/errors.ts';
import { simulatedPolicyNames } from '../../../core/retraining/simulated-policies.ts';
import { nearest } from '../../nearest.ts';

export interface SimulateOptions {
  readonly model?: string;
  readonly from?: string;
  readonly to?: string;
  /** By default all. */
  readonly policies?: readonly string[];
  readonly plan?: true;
  readonly yes?: true;
  readonly keep?: true;
  readonly json?: true;
}

/**
 * The policies of `--policies`, in the order of the table, each once.
 *
 * @throws TidewatchError `INVALID_OPTION` for one that there is not
 */
export function readPolicies(
  names: readonly string[] = simulatedPolicyNames,
): readonly (typeof simulatedPolicyNames)[number][] {
  const known: readonly string[] = simulatedPolicyNames;
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const reason = `there is no policy "${name}"${meant === undefined ? '.' : `; did you mean ${meant}?`} Write some of ${known.join(', ')}`;
    throw new TidewatchError('INVALID_OPTION', { option: '--policies', reason });
  }
  return simulatedPolicyNames.filter((name) => names.includes(name));
}
