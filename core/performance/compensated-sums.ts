/** Sums that do not depend on the order of their terms beyond the last bit. */

/** Sums by name, and what rounding has lost of each: at most half of its last bit, added when sums are merged. */
export interface CompensatedSums<Name extends string> {
  readonly sums: Readonly<Record<Name, number>>;
  readonly residues: Readonly<Record<Name, number>>;
}

/** A sum in the making. */
export interface RunningSum {
  sum: number;
  lost: number;
}

/** The sum of nothing. */
export function startSum(): RunningSum {
  return { sum: 0, lost: 0 };
}

/**
 * Adds a term and keeps what rounding loses. The error of a sum of n terms is that of its last bit, where plain addition
 * errs by up to n bits of the sum of the absolute terms. Beyond the range of numbers the sum is infinite.
 *
 * Source: Neumaier (1974), "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54.
 */
export function addTerm(running: RunningSum, term: number): void {
  const next = running.sum + term;
  running.lost +=
    Math.abs(running.sum) >= Math.abs(term) ? running.sum - next + term : term - next + running.sum;
  running.sum = next;
}

/** Names the sums; what can be put into a sum's last bits leaves its residue. */
export function settleSums<Name extends string>(
  running: Readonly<Record<Name, RunningSum>>,
): CompensatedSums<Name> {
  const settled = (Object.entries(running) as [Name, RunningSum][]).map(([name, { sum, lost }]) => {
    const total = sum + lost;
    return Number.isFinite(total)
      ? { name, total, residue: sum - total + lost }
      : { name, total: sum, residue: 0 };
  });
  return {
    sums: Object.fromEntries(settled.map(({ name, total }) => [name, total])) as Record<Name, number>,
    residues: Object.fromEntries(settled.map(({ name, residue }) => [name, residue])) as Record<Name, number>,
  };
}

/** The sums of all terms of all parts. */
export function mergeSums<Name extends string>(
  names: readonly Name[],
  parts: readonly CompensatedSums<Name>[],
): CompensatedSums<Name> {
  const running = Object.fromEntries(names.map((name) => [name, startSum()])) as Record<Name, RunningSum>;
  for (const { sums, residues } of parts) {
    for (const name of names) {
      addTerm(running[name], sums[name]);
      running[name].lost += residues[name];
    }
  }
  return settleSums(running);
}
