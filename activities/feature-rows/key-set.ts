/** The keys of the rows of an hour: 16 to 32 bytes each, where a Set takes 40 and more. */

export interface KeySet {
  /** Is the key there, and was it not asked for before? Each row of a source counts once. */
  readonly take: (key: number) => boolean;
}

const free = -1;
const taken = -2;

/**
 * Open addressing with linear probing; the keys are hashes already.
 *
 * @param keys whole numbers from 0 up; of equal ones each can be taken
 */
export function keySet(keys: Float64Array): KeySet {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(keys.length, 4) * 1.6));
  const slots = new Float64Array(capacity).fill(free);
  const mask = capacity - 1;
  // The lowest bits of a number beyond 2^32 are those that `>>> 0` leaves.
  const startOf = (key: number): number => (key % 4_294_967_296) & mask;
  for (const key of keys) {
    let at = startOf(key);
    while (slots[at] !== free) at = (at + 1) & mask;
    slots[at] = key;
  }
  return {
    take: (key) => {
      for (let at = startOf(key); slots[at] !== free; at = (at + 1) & mask) {
        if (slots[at] !== key) continue;
        slots[at] = taken;
        return true;
      }
      return false;
    },
  };
}
