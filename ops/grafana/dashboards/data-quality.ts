import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard, sqlVariable } from '../parts/frame.ts';
import { modelMarks, ofModel, oneModel } from '../parts/model-parts.ts';
import { distributionsRow } from './data-quality/distributions.ts';
import { driftRow } from './data-quality/drift.ts';
import { freshnessRow } from './data-quality/freshness.ts';
import { qualityRow } from './data-quality/quality.ts';
import { volumeRow } from './data-quality/volume.ts';

const featureVariable = sqlVariable(
  { name: 'feature', label: 'Feature', several: 'many' },
  `select jsonb_object_keys(configuration -> 'features') as feature from monitors where ${ofModel} order by 1`,
);

export const dataQuality: Dashboard = dashboard({
  uid: 'tidewatch-data-quality',
  title: 'Tidewatch / Data quality',
  about: 'Do the data of one model come, are they whole, and are they as they were?',
  from: 'now-30d',
  variables: [oneModel, featureVariable],
  annotations: modelMarks,
  rows: [freshnessRow, volumeRow, qualityRow, driftRow, distributionsRow],
});
