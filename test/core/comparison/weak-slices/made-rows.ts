import { sampleOf, type Sample } from '../../../../core/multivariate/sample.ts';
import { hourMs } from '../../../../core/window.ts';
import { randomOf, type Random } from '../random.ts';

export interface MadeRow {
  readonly hr: number;
  readonly temp: number;
  readonly x: number;
  readonly city: string;
  readonly weekday: string;
  /** Of the rows of a day, the same; standard normal. */
  readonly ofDay: number;
}

const columns = [
  { name: 'hr', kind: 'continuous' },
  { name: 'temp', kind: 'continuous' },
  { name: 'x', kind: 'continuous' },
  { name: 'city', kind: 'categorical' },
  { name: 'weekday', kind: 'categorical' },
] as const;

/** Thirty days of two rows an hour, `temp` wandering slowly, and the losses that a model would have. */
export function madeRows(
  seed: number,
  lossOf: (row: MadeRow, random: Random) => number,
): { sample: Sample; losses: Float64Array } {
  const random = randomOf(seed);
  const shocks = Array.from({ length: 30 }, () => random.normal());
  let temp = 0;
  const rows = Array.from({ length: 30 * 48 }, (_, i) => {
    const hour = Math.floor(i / 2);
    const day = Math.floor(hour / 24);
    temp = 0.98 * temp + 0.2 * random.normal();
    const city = ['Lisbon', 'Porto', 'Faro'][Math.floor(3 * random.uniform())]!;
    const row = { hr: hour % 24, temp, x: random.uniform(), city, weekday: String(day % 7) };
    return { time: hour * hourMs, row, loss: lossOf({ ...row, ofDay: shocks[day]! }, random) };
  });
  return {
    sample: sampleOf(
      columns,
      rows.map(({ time, row }) => ({ time, values: columns.map(({ name }) => row[name]) })),
    ),
    losses: Float64Array.from(rows, ({ loss }) => loss),
  };
}
