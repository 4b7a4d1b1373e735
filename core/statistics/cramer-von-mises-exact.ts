/** Orders of the values passed so far, counted by the sum that they have reached; the sums ascend. */
interface Orders {
  readonly sums: readonly number[];
  readonly counts: readonly number[];
}

const none: Orders = { sums: [], counts: [] };

/**
 * How probable is a sum of squared differences of at least `sum` (the mean of those before and after each value, ties
 * once by their number) for n and m independent values of one continuous distribution?
 *
 * Exact: every order of the pooled values is equally probable. For each number of values passed on the two sides, the
 * orders that lead there are counted by the sum that they have reached; those that have reached `sum` count with all
 * their ends at once. Source: Xiao, Gordon and Yakovlev (2007). Cost: 12 values a side 2 ms, 20 a side 4 ms, 19 and 20
 * values 0.2 s.
 *
 * @example exactCramerVonMisesSurvival(2, 2, 1.5) // 1 / 3
 */
export function exactCramerVonMisesSurvival(n: number, m: number, sum: number): number {
  // In units of 1 / (n m)^2 the squares are whole numbers.
  const limit = Math.round(sum * (n * m) ** 2);
  if (limit <= 0) return 1;
  let reached = 0;
  let row: readonly Orders[] = [];
  for (let i = 0; i <= n; i += 1) {
    const next: Orders[] = [];
    for (let j = 0; j <= m; j += 1) {
      const square = (i * m - j * n) ** 2;
      const passed =
        i + j === 0 ? { sums: [0], counts: [1] } : merge(row[j] ?? none, next[j - 1] ?? none, square);
      const below = countBelow(passed.sums, limit);
      const arrived = passed.counts.slice(below).reduce((total, count) => total + count, 0);
      reached += arrived * binomial(n - i + m - j, n - i);
      next.push({ sums: passed.sums.slice(0, below), counts: passed.counts.slice(0, below) });
    }
    row = next;
  }
  return reached / binomial(n + m, n);
}

/** The orders of both, with the same square added to the sum of each. */
function merge(a: Orders, b: Orders, square: number): Orders {
  const sums: number[] = [];
  const counts: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.sums.length || j < b.sums.length) {
    const sum =
      j === b.sums.length || (i < a.sums.length && a.sums[i]! <= b.sums[j]!) ? a.sums[i]! : b.sums[j]!;
    let count = 0;
    if (i < a.sums.length && a.sums[i] === sum) {
      count += a.counts[i]!;
      i += 1;
    }
    if (j < b.sums.length && b.sums[j] === sum) {
      count += b.counts[j]!;
      j += 1;
    }
    sums.push(sum + square);
    counts.push(count);
  }
  return { sums, counts };
}

function countBelow(sums: readonly number[], limit: number): number {
  let below = sums.length;
  while (below > 0 && sums[below - 1]! >= limit) below -= 1;
  return below;
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i += 1) result = (result * (n - k + i)) / i;
  return Math.round(result);
}
