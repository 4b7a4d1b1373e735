/** The distributions of a column, and how it has moved, as files. */

import { formatInstant } from '../../../core/window.ts';
import {
  distributionOption,
  distributionHeight,
  type DrawnDistribution,
} from '../../drift-report/distribution-chart.ts';
import { drawnHistory } from '../../drift-report/column-section.ts';
import { historyOption } from '../../drift-report/history-chart.ts';
import { instantText } from '../../instant-text.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatNumber } from '../../numbers.ts';
import type { Asked, Cell, Drawing } from '../../server/page.ts';
import { titled, titleHeight } from '../../titled.ts';
import { loadColumnDrift, type LoadedColumnDrift } from './load.ts';

const width = 600;
const historyHeight = 230;

export async function drawDistribution(asked: Asked): Promise<Drawing | undefined> {
  const loaded = await loadColumnDrift(asked);
  const distribution = loaded?.column.distribution;
  if (loaded === undefined || distribution === undefined || 'notComputable' in distribution) return undefined;
  const until = untilText(loaded);
  return {
    name: `${loaded.model}-${loaded.column.name}-${until}`,
    option: titled(
      distributionOption(distribution),
      `${shownName(loaded)} up to ${until}`,
      'Share of values. Grey: reference. Blue: current window.',
    ),
    size: { width, height: titleHeight + distributionHeight(distribution) },
    ...tableOf(distribution),
  };
}

/** What the method that decided has found in this window and those before it. */
export async function drawHistory(asked: Asked): Promise<Drawing | undefined> {
  const loaded = await loadColumnDrift(asked);
  const answer = loaded?.column.answers.find((one) => drawnHistory(one) !== undefined);
  const points = answer && drawnHistory(answer);
  if (loaded === undefined || answer === undefined || points === undefined) return undefined;
  const until = untilText(loaded);
  const { method } = answer.statistic;
  return {
    name: `${loaded.model}-${loaded.column.name}-history-${until}`,
    option: titled(
      historyOption({ ...answer, points, format: formatNumber }),
      `${shownName(loaded)}, ${method} up to ${until}`,
      `Dashed: matters.${answer.usual === undefined ? '' : ' Band: usual.'} Triangle: warning. Diamond: critical.`,
    ),
    size: { width, height: titleHeight + historyHeight },
    head: ['window_end', 'method', 'verdict', 'effect'],
    rows: points.map(({ windowEnd, level, value }) => [windowEnd, method, level, value ?? null]),
  };
}

function untilText({ window }: LoadedColumnDrift): string {
  return instantText(formatInstant(window.end));
}

function shownName({ model, column }: LoadedColumnDrift): string {
  return `${shorten(model, 30)}: ${shorten(visibleName(column.name), 30)}`;
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
