/** The probabilities that a model gives to the classes of one row. */

export type Probabilities = Readonly<Record<string, number>>;

/** Softmax in 32-bit floats may end a little outside of 0 to 1; such values are clipped. */
const roundingSlack = 1e-6;

/**
 * Writes the probability of each class into `chances`; says whether there is one from 0 to 1 for every class. With two
 * classes one probability is enough, the other is the rest. They are not made to add up to 1.
 *
 * @example readProbabilities({ yes: 0.25 }, ['no', 'yes'], new Float64Array(2)) // true
 * @example readProbabilities({ yes: 1.5 }, ['no', 'yes'], new Float64Array(2)) // false
 */
export function readProbabilities(
  given: Probabilities,
  classes: readonly string[],
  chances: Float64Array,
): boolean {
  for (let index = 0; index < classes.length; index += 1) {
    const own = given[classes[index]!];
    const chance = isNumber(own) || classes.length !== 2 ? own : rest(given[classes[1 - index]!]);
    if (!isNumber(chance) || !(chance >= -roundingSlack && chance <= 1 + roundingSlack)) return false;
    chances[index] = Math.min(Math.max(chance, 0), 1);
  }
  return classes.length > 0;
}

function rest(other: number | undefined): number | undefined {
  return isNumber(other) ? 1 - other : undefined;
}

/** Rows come from JSON: null, and what every object inherits, are no numbers. */
function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
