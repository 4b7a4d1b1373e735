/** Two sorted samples as one. */

export interface MergedSamples {
  /** Of both samples, in ascending order. */
  readonly values: Float64Array;
  /** 1 where the value is of the first sample, 0 where it is of the second. */
  readonly isFirst: Uint8Array;
}

const known = new WeakMap<Float64Array, { readonly second: Float64Array; readonly merged: MergedSamples }>();

/**
 * The values of both samples in order, those of the first before equal ones of the second. Made once for each pair: the
 * methods that look at every value then need not find out anew which sample the next one is from, which a processor cannot
 * guess (two million values: 18 ms, and 5 to 10 ms a method instead of 30).
 */
export function mergeSamples(first: Float64Array, second: Float64Array): MergedSamples {
  const made = known.get(first);
  if (made?.second === second) return made.merged;
  const merged = merge(first, second);
  known.set(first, { second, merged });
  return merged;
}

function merge(first: Float64Array, second: Float64Array): MergedSamples {
  const values = new Float64Array(first.length + second.length);
  const isFirst = new Uint8Array(values.length);
  let i = 0;
  let j = 0;
  while (i < first.length && j < second.length) {
    const a = first[i]!;
    const b = second[j]!;
    if (a <= b) {
      values[i + j] = a;
      isFirst[i + j] = 1;
      i += 1;
    } else {
      values[i + j] = b;
      j += 1;
    }
  }
  isFirst.fill(1, i + j, first.length + j);
  values.set(first.subarray(i), i + j);
  values.set(second.subarray(j), first.length + j);
  return { values, isFirst };
}
