/** All models -> those of one page of the list. */

import type { Level } from '../../../core/verdict.ts';
import { pageCount, type Pages } from '../../layout/links.ts';
import { levelRanks } from '../../worst-first.ts';
import type { ModelsAsked, ModelSort } from './asked.ts';

/** What the list is filtered and ordered by. */
export interface ModelHead {
  readonly model: string;
  /** Of its headline. */
  readonly level: Level;
  readonly openAlerts: number;
  /** The start of the newest hour that has predictions; null where none was seen, or nobody has asked for this order. */
  readonly predictedAt: number | null;
}

export interface Arranged<T> {
  readonly shown: readonly T[];
  readonly pages: Pages;
  /** How many there are of each level, whatever level is asked for. */
  readonly levels: Readonly<Record<Level, number>>;
}

export const pageSize = 50;

/** The models that are asked for; a page that is not there is the last one. */
export function arrangeModels<T extends ModelHead>(
  models: readonly T[],
  { search, level, sort, page }: ModelsAsked,
): Arranged<T> {
  const wanted = search.toLowerCase();
  const named = models.filter(({ model }) => model.toLowerCase().includes(wanted));
  const levels = { critical: 0, warning: 0, 'insufficient-data': 0, ok: 0 };
  for (const { level } of named) levels[level] += 1;
  const found = named
    .filter((model) => level === undefined || model.level === level)
    .sort((a, b) => orders[sort](a, b) || compareText(a.model, b.model));
  const last = pageCount({ size: pageSize, count: found.length });
  const current = Math.min(page, last);
  return {
    shown: found.slice((current - 1) * pageSize, current * pageSize),
    pages: { page: current, size: pageSize, count: found.length },
    levels,
  };
}

const orders: Readonly<Record<ModelSort, (a: ModelHead, b: ModelHead) => number>> = {
  worst: (a, b) => levelRanks[a.level] - levelRanks[b.level] || b.openAlerts - a.openAlerts,
  model: () => 0,
  alerts: (a, b) => b.openAlerts - a.openAlerts || levelRanks[a.level] - levelRanks[b.level],
  predictions: (a, b) => (a.predictedAt ?? -Infinity) - (b.predictedAt ?? -Infinity) || 0,
};

/** The same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
