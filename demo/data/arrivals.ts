import { createHash } from 'node:crypto';
import { dayMs, hourMs, minuteMs } from '../../core/window.ts';

/** Share of the actuals that never come, and share that comes only after 1 to 4 weeks. */
const neverShare = 0.02;
const veryLateShare = 0.03;

/** Two numbers in [0, 1) that belong to a row: the same in every replay, unrelated to its features. */
function drawsFor(
  row: { readonly entity: string; readonly eventTime: number },
  seed: number,
): [number, number] {
  const digest = createHash('sha256').update(`${seed} ${row.entity} ${row.eventTime}`).digest();
  return [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32];
}

/**
 * When does the actual of an hour become known? In milliseconds, on a full minute, or null for never: 95% of them 1 to 48
 * hours after the hour began (half of them within 13), 3% after 1 to 4 weeks, 2% never. Bike counts carry no such time, so
 * the demo makes it up, as a pure function of the row and the seed.
 */
export function knownAtOf(
  row: { readonly entity: string; readonly eventTime: number },
  seed = 1,
): number | null {
  const [kind, lateness] = drawsFor(row, seed);
  if (kind < neverShare) return null;
  const delay =
    kind < neverShare + veryLateShare
      ? 7 * dayMs + lateness * 21 * dayMs
      : hourMs + lateness ** 2 * 47 * hourMs;
  return row.eventTime + Math.round(delay / minuteMs) * minuteMs;
}
