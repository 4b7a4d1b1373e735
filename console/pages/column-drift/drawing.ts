/** The distributions of a column as files. */

import { formatInstant } from '../../../core/window.ts';
import {
  distributionOption,
  distributionHeight,
  type DrawnDistribution,
} from '../../drift-report/distribution-chart.ts';
import { instantText } from '../../instant-text.ts';
import { shorten, visibleName } from '../../names.ts';
import type { Asked, Cell, Drawing } from '../../server/page.ts';
import { titled, titleHeight } from '../../titled.ts';
import { loadColumnDrift } from './load.ts';

const width = 600;

export async function drawDistribution(asked: Asked): Promise<Drawing | undefined> {
  const loaded = await loadColumnDrift(asked);
  const distribution = loaded?.column.distribution;
  if (loaded === undefined || distribution === undefined || 'notComputable' in distribution) return undefined;
  const { model, window, column } = loaded;
  const until = instantText(formatInstant(window.end));
  return {
    name: `${model}-${column.name}-${until}`,
    option: titled(
      distributionOption(distribution),
      `${shorten(model, 30)}: ${shorten(visibleName(column.name), 30)} up to ${until}`,
      'Share of values. Grey: reference. Blue: current window.',
    ),
    size: { width, height: titleHeight + distributionHeight(distribution) },
    ...tableOf(distribution),
  };
}

function tableOf(distribution: DrawnDistribution): Pick<Drawing, 'head' | 'rows'> {
  if (distribution.kind === 'categorical') {
    const { levels, others, unseen } = distribution;
    return {
      head: ['level', 'reference', 'current'],
      rows: [
        ...levels.map(({ level, shares }): Cell[] => [level, shares.reference, shares.current]),
        [`(${others.levels} others)`, others.shares.reference, others.shares.current],
        ['(not in the reference)', unseen.reference, unseen.current],
      ],
    };
  }
  const { edges, bars, points, below, above } = distribution;
  const ends = [edges[0]!, edges.at(-1)!];
  return {
    head: ['from', 'to', 'reference', 'current'],
    rows: [
      [null, ends[0]!, below.reference, below.current],
      ...edges.slice(1).map((to, bar): Cell[] => [edges[bar]!, to, bars.reference[bar]!, bars.current[bar]!]),
      [ends[1]!, null, above.reference, above.current],
      ...points.map(({ value, shares }): Cell[] => [value, value, shares.reference, shares.current]),
    ],
  };
}
