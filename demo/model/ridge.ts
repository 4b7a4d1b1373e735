import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { EncodedRow } from './design.ts';

/**
 * Which weights fit the targets best, when large ones cost something? Minimises
 * `sum(importance * (target - row . weights)^2) + penalty * sum(weights^2)`, with the intercept (column 0) free.
 *
 * @param options.importance of each row; all the same when left out
 */
export function ridge(
  rows: readonly EncodedRow[],
  targets: readonly number[],
  options: { readonly width: number; readonly penalty: number; readonly importance?: readonly number[] },
): number[] {
  const { width, penalty, importance } = options;
  const gram = new Float64Array(width * width);
  const moment = new Float64Array(width);
  rows.forEach(({ columns, values }, index) => {
    const weight = importance?.[index] ?? 1;
    const target = targets[index] ?? 0;
    for (let i = 0; i < columns.length; i++) {
      const row = columns[i] ?? 0;
      const value = weight * (values[i] ?? 0);
      moment[row] = (moment[row] ?? 0) + value * target;
      // Only the upper triangle is summed (columns ascend): rounding must not make the matrix asymmetric.
      for (let j = i; j < columns.length; j++) {
        const cell = row * width + (columns[j] ?? 0);
        gram[cell] = (gram[cell] ?? 0) + value * (values[j] ?? 0);
      }
    }
  });
  const matrix = new Matrix(width, width);
  for (let i = 0; i < width; i++) {
    for (let j = i; j < width; j++) {
      const value = (gram[i * width + j] ?? 0) + (i === j && i > 0 ? penalty : 0);
      matrix.set(i, j, value);
      matrix.set(j, i, value);
    }
  }
  return new CholeskyDecomposition(matrix).solve(Matrix.columnVector([...moment])).to1DArray();
}
