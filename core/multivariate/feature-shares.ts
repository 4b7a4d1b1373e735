/** Which features tell two samples apart? */

import { aucOf, type Separation } from './separation.ts';
import { dealCodes } from './shuffle.ts';

/** How much of what tells the two sides apart is lost without a feature. */
export interface FeatureShare {
  readonly feature: string;
  /** 0 to 1; all shares sum to 1. */
  readonly share: number;
}

/**
 * Ranks features by how much of the AUC is lost when a feature's values are dealt out among the rows of each scored
 * fold; features that lose nothing are left out. Where several features say the same, each loses little and they share
 * what there is.
 *
 * Source: Breiman (2001), "Random forests", section 10. Cost: one prediction of all rows a feature that a tree looks
 * at.
 */
export function rankFeatures({ features, folds, auc }: Separation, seed: number): FeatureShare[] {
  const used = new Set(folds.flatMap(({ model }) => model.trees.flatMap((tree) => [...tree.features])));
  const groups = folds.map(({ rows }) => Int32Array.of(...rows.reference, ...rows.current));
  const losses = features.map((feature, i) => {
    if (!used.has(i)) return 0;
    const dealt = { ...feature, codes: dealCodes(feature, groups, seed) };
    return Math.max(0, auc - aucOf(features.with(i, dealt), folds).auc);
  });
  const total = losses.reduce((sum, loss) => sum + loss, 0);
  return features
    .map(({ name }, i): FeatureShare => ({ feature: name, share: losses[i]! / total }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}
