import { expect, it } from 'vitest';

import type { ReportedImportances } from '../../../console/drift-report/drift-report.ts';
import { importanceSection } from '../../../console/drift-report/importance-table.ts';
import { toMarkup } from '../../../console/html.ts';

const textOf = (importances: ReportedImportances): string =>
  toMarkup(importanceSection(importances))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

it('shows what matters, how it has moved, and whose drift goes together with errors', () => {
  const text = textOf({
    description: 'version 2, as its trainer reported on 2011-04-24',
    shifts: ['since version 1, 20% of importance moved: temp 40% -> 60% (rank 2 -> 1)'],
    features: [
      {
        feature: 'temp',
        importance: 0.6,
        before: { version: 0.4 },
        driftAndError: 'the more it drifts, the worse the RMSE',
      },
      { feature: '<script>', importance: 0.4, before: { version: 0.6 } },
    ],
  });
  expect(text).toBe(
    'What matters to the model Importances: version 2, as its trainer reported on 2011-04-24. ' +
      'Importances since version 1, 20% of importance moved: temp 40% -&gt; 60% (rank 2 -&gt; 1). ' +
      'Feature Importance Version before Drift and error ' +
      'temp 60% 40% the more it drifts, the worse the RMSE &lt;script&gt; 40% 60%',
  );
});

it('shows only why where nothing is known', () => {
  expect(textOf({ description: 'not known (nothing was predicted)', shifts: [], features: [] })).toBe(
    'What matters to the model Importances: not known (nothing was predicted).',
  );
});

it('folds a long table', () => {
  const features = Array.from({ length: 200 }, (_, i) => ({
    feature: `f${i}`,
    importance: 1 / 200,
    before: {},
  }));
  expect(textOf({ description: 'version 1', shifts: [], features })).toContain(
    'f11 0.5% 188 more Feature Importance f12 ',
  );
});
