import type { Certainty } from '../../../core/comparison/blocks.ts';
import type { Difference } from '../../../core/comparison/compare-means.ts';

type Certain = Omit<Difference, 'certainty'> & Exclude<Certainty, { notComputable: string }>;

/** A difference of which everything is known, flat. */
export function certain(found: Difference | { readonly notComputable: string }): Certain {
  if ('notComputable' in found) throw new Error(found.notComputable);
  const { certainty, ...numbers } = found;
  if ('notComputable' in certainty) throw new Error(certainty.notComputable);
  return { ...numbers, ...certainty };
}
