/** The chosen services. */
export const ofJob = 'job=~"$job"';

/** How many times as fast as it may the error budget goes, over a window. */
export function burnOf(window: string): string {
  return `service:prediction_errors:ratio_rate${window}{${ofJob}} / on (job) group_left () service:error_budget:ratio`;
}
