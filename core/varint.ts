/** Whole numbers from 0 to 2^53 in few bytes (unsigned LEB128). */

/** Where the next byte is read. */
export interface Cursor {
  readonly bytes: Uint8Array;
  position: number;
  /** No byte at or after this one is read; `bytes` may be larger. */
  end: number;
}

/**
 * Adds a number to the end of some bytes.
 *
 * @example
 * const bytes = [];
 * pushVarint(bytes, 300);
 * bytes // [172, 2]
 */
export function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  // Division, because shifts would cut counts to 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

/**
 * Reads the next number and moves on; at the end, and for a number that is not exact, throws the error made of the reason.
 *
 * @example readVarint({ bytes: Uint8Array.of(172, 2), position: 0, end: 2 }, Error) // 300
 */
export function readVarint(cursor: Cursor, error: (reason: string) => Error): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    if (cursor.position >= cursor.end) throw error(endsEarly(cursor));
    const next = cursor.bytes[cursor.position]!;
    cursor.position += 1;
    value += (next % 128) * scale;
    if (value > Number.MAX_SAFE_INTEGER || scale > Number.MAX_SAFE_INTEGER) {
      throw error('a count is larger than 2^53');
    }
    if (next < 128) return value;
  }
}

/** @example endsEarly({ end: 3 }) // 'it ends after 3 bytes, in the middle' */
export function endsEarly({ end }: Pick<Cursor, 'end'>): string {
  return `it ends after ${end} bytes, in the middle`;
}
