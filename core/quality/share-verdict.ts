import { formatShare } from '../number-text.ts';
import type { Verdict } from '../verdict.ts';
import type { ShareRise } from './share-rise.ts';

/** By how much a share has to rise before it matters, however certain it is: 0.01 is one row more in a hundred. */
export interface RiseFloors {
  readonly warning: number;
  readonly critical: number;
}

/** A share that rises by so much is worth a look; by so much, the column is broken. */
const defaultFloors: RiseFloors = { warning: 0.01, critical: 0.1 };

/** Some fifty checks are made a run: at 0.001 each, one in twenty runs has a rise by chance, before the floors. */
const defaultAlpha = 0.001;

/** One hit among few rows is an oddity, not a fault of the data. */
const fewestHits = 2;

/** Does a rise matter: is it certain, and large enough? */
export function levelOfRise(
  { pValue, current, currentShare, referenceShare }: ShareRise,
  floors: RiseFloors = defaultFloors,
): 'ok' | 'warning' | 'critical' {
  const rise = currentShare - referenceShare;
  if (pValue > defaultAlpha || rise < floors.warning || current.hits < fewestHits) return 'ok';
  return rise >= floors.critical ? 'critical' : 'warning';
}

/**
 * A rise in words.
 *
 * @param what What the hit rows are, for example 'rows are missing'.
 * @example
 * const rise = shareRise([{ rows: 744, hits: 3 }], { rows: 168, hits: 24 });
 * verdictOfRise(rise, 'rows are missing').reason // '24 of 168 rows are missing (14%; reference 0.4%)'
 */
export function verdictOfRise(rise: ShareRise, what: string, floors?: RiseFloors): Verdict {
  const { current, currentShare, referenceShare } = rise;
  const shares = `${formatShare(currentShare)}; reference ${formatShare(referenceShare)}`;
  return {
    level: levelOfRise(rise, floors),
    reason: `${current.hits === 0 ? 'none' : current.hits} of ${current.rows} ${what}${current.hits === 0 && rise.reference.hits === 0 ? '' : ` (${shares})`}`,
  };
}
