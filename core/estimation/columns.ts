/** The columns that an estimator looks at: the features, and what the model said. */

import { binWith, type BinnedFeature, type FeatureBins } from '../boosting/feature-bins.ts';
import type { Sample, SampleColumn } from '../multivariate/sample.ts';

/** No feature has this name. */
const answer = '';

/** The features, then what the model said: where it says much, it is often far off. */
export function withAnswer({ columns }: Sample, said: Float64Array): readonly SampleColumn[] {
  return [...columns, { name: answer, kind: 'continuous', values: said }];
}

/** The columns by bins that were learned from others; one that is not there any more counts as missing in every row. */
export function binColumns(
  bins: readonly FeatureBins[],
  columns: readonly SampleColumn[],
): readonly BinnedFeature[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const nothing = new Float64Array(columns[0]?.values.length ?? 0).fill(NaN);
  return bins.map((each) =>
    binWith(each, byName.get(each.name) ?? { name: each.name, kind: 'continuous', values: nothing }),
  );
}
