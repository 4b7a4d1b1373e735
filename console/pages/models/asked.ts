/** Which models are asked for, and in which order. */

import type { Level } from '../../../core/verdict.ts';
import { pageOf } from '../../layout/links.ts';

const sorts = ['worst', 'model', 'alerts', 'predictions'] as const;
/** `worst`: by verdict, then by open alerts; `predictions`: those first whose newest prediction is the oldest. */
export type ModelSort = (typeof sorts)[number];

const levels = ['critical', 'warning', 'insufficient-data', 'ok'] as const satisfies readonly Level[];

export interface ModelsAsked {
  /** A part of the name; empty: all. */
  readonly search: string;
  /** Absent: all. */
  readonly level?: Level;
  readonly sort: ModelSort;
  /** From 1 on. */
  readonly page: number;
}

/** What a query asks for; what it says wrongly is as if it had not been said. */
export function modelsAsked(query: URLSearchParams): ModelsAsked {
  const level = levels.find((known) => known === query.get('verdict'));
  return {
    search: (query.get('search') ?? '').trim().slice(0, 100),
    ...(level && { level }),
    sort: sorts.find((known) => known === query.get('sort')) ?? 'worst',
    page: pageOf(query),
  };
}
