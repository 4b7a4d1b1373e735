/** A performance report as one HTML file that needs nothing else. */

import { html } from '../html.ts';
import { shorten } from '../names.ts';
import { page } from '../page.ts';
import { qualitySection } from '../quality-table.ts';
import { calibrationSection, thresholdsSection } from './class-sections.ts';
import { baselinesSection, versionsSection } from './comparisons-section.ts';
import { confusionSection } from './confusion-section.ts';
import { errorsSection } from './errors-section.ts';
import { estimatesSection } from './estimates-section.ts';
import { header } from './header.ts';
import { headline, windowText } from './headline.ts';
import { howToRead } from './how-to-read.ts';
import { metricsSection } from './metrics-table.ts';
import type { PerformanceReport } from './performance-report.ts';
import { predictedSection } from './predicted-section.ts';
import { isAbsent, section } from './section.ts';
import { segmentsSection, slicesSection } from './segments-section.ts';
import { trendSection } from './trend-section.ts';
import { alertsSection, coverageSection, driftSection, retrainingsSection } from './week-sections.ts';

/**
 * The report as the text of one HTML file.
 *
 * Whoever opens it reads, from the top: is the model degraded and since when, how well does it do and how sure that is, how
 * that has moved, where and when it is worst, whether something simpler or another version is better, and what else happened.
 * A part without data says why in one line. Names may be any text. The same report gives the same bytes.
 *
 * Cost: 6 ms a chart, about ten charts.
 *
 * @example renderPerformanceReport(report) // '<!doctype html>...'
 */
export function renderPerformanceReport(report: PerformanceReport): string {
  const { model, window, predictedAgainstActual, calibration, confusion, thresholds, quality } = report;
  // A wide table has no room beside a chart.
  const isSmall = confusion !== undefined && !isAbsent(confusion) && confusion.classes.length <= 4;
  return page(
    `${headline(report)}: ${shorten(model, 80)}, ${windowText(window)}`,
    html`${header(report)}
      <main class="performance">
        ${trendSection(report)} ${metricsSection(report)} ${estimatesSection(report)}
        ${segmentsSection(report)} ${slicesSection(report)} ${errorsSection(report)}
        <div class="panels">
          ${predictedAgainstActual !== undefined && predictedSection(predictedAgainstActual)}
          ${calibration !== undefined && calibrationSection(calibration)}
          ${thresholds !== undefined && thresholdsSection(thresholds)}
          ${confusion !== undefined && isSmall && confusionSection(confusion)}
        </div>
        ${confusion !== undefined && !isSmall && confusionSection(confusion)} ${baselinesSection(report)}
        ${versionsSection(report)} ${coverageSection(report)} ${driftSection(report)}
        ${isAbsent(quality) ? section('quality', 'Data quality', quality, () => '') : qualitySection(quality)}
        ${alertsSection(report)} ${retrainingsSection(report)}
      </main>
      ${howToRead(report)}`,
  );
}
