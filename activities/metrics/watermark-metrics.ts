import type { Queryable } from '../../sql/database.ts';
import type { Process } from '../processes/watermarks.ts';
import { sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';

interface Watermark {
  readonly asOf: number;
  readonly windowEnd: number;
}

/** What has a process of a model spoken for? Null when it has not run. */
export async function readWatermark(
  connection: Queryable,
  { model, process }: { readonly model: string; readonly process: Process },
): Promise<Watermark | null> {
  const [row] = await connection.query<Record<string, unknown> & Watermark>(
    `select as_of as "asOf", window_end as "windowEnd"
     from process_watermarks
     where model = $1 and process = $2`,
    [model, process],
  );
  return row ?? null;
}

export function watermarkSamples(watermark: Watermark | null): Sample[] {
  if (watermark === null) return [];
  return [
    ...sampleOf('tidewatch_last_success_timestamp_seconds', watermark.asOf / 1000),
    ...sampleOf('tidewatch_window_end_timestamp_seconds', watermark.windowEnd / 1000),
  ];
}
