import { describe, expect, it } from 'vitest';

import { escapeHtml } from '../../../console/html.ts';
import type { PerformanceReport } from '../../../console/performance-report/performance-report.ts';
import { renderPerformanceReport } from '../../../console/performance-report/render.ts';
import { bikes, flights, hostileNames, nothing, wide } from './sample-reports.ts';

const pages = {
  bikes: renderPerformanceReport(bikes),
  flights: renderPerformanceReport(flights),
  nothing: renderPerformanceReport(nothing),
  wide: renderPerformanceReport(wide),
};

/** What stands between the tags, in order. */
const textOf = (markup: string): string =>
  markup
    .replaceAll(/<(style|title)>[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const render = (changes: Partial<PerformanceReport>): string =>
  textOf(renderPerformanceReport({ ...bikes, ...changes }));
/** The text of one section. */
const sectionOf = (markup: string, id: string): string => {
  const start = markup.indexOf(`aria-labelledby="${id}"`);
  return textOf(markup.slice(start, markup.indexOf('</section>', start)));
};

describe('the header', () => {
  it('says whether the model is degraded, since when, and how well it does', () => {
    expect(textOf(pages.bikes).slice(0, 400)).toMatch(
      /^ Model performance bike-demand ◆ Degraded since 2011-05-17 \(4 checks\) RMSE over 7 days 80\.14 is above 80 \(148 outcomes, coverage 88\.1%\) RMSE 78\.5 \(70\.7 to 86\.4\), 22% better than the reference 101\./,
    );
    expect(textOf(pages.flights)).toContain(
      '✓ Not degraded log loss over 7 days 0.58 is not above 0.65 (1840 outcomes, coverage 96%) log loss 0.58 (0.551 to 0.609), 3.6% worse than the reference 0.56, within chance.',
    );
  });

  it('says what else speaks, and where to read on', () => {
    const header = pages.bikes.slice(0, pages.bikes.indexOf('</header>'));
    expect(textOf(header)).toContain('▲ Warning Data drift : 3 of 5 features drifted (60%), more than 50%');
    expect(textOf(header)).toContain(
      '? Not judged Baselines : not clearly better than the actual of a day before',
    );
    expect(textOf(header)).toContain(
      'Weak slices : 2 slices, first of all workingday = 1 and hr 17 to 19: MAE 142 against 61.2 elsewhere',
    );
    expect([...header.matchAll(/href="#([^"]*)"/g)].map(([, place]) => place)).toEqual([
      'drift',
      'quality',
      'baselines',
      'slices',
    ]);
  });

  it('says on what the numbers rest, and whether they may change', () => {
    expect(textOf(pages.bikes)).toContain(
      'Window (UTC) 2011-05-13 to 2011-05-20 168 outcomes of 168 predictions (100%) Reference (UTC) 2011-03-01 to 2011-04-01',
    );
    expect(textOf(pages.bikes)).toContain('State provisional: actuals may still come, restated 2 times');
    expect(render({ otherVersions: [{ version: '2011-03-01', predictions: 48 }] })).toContain(
      'Version 2011-04-24 2011-03-01 made 48 predictions',
    );
    const { evaluation: _, ...window } = bikes.window;
    expect(render({ window })).toContain('State computed for this report');
    expect(
      render({
        window: {
          ...bikes.window,
          evaluation: {
            state: 'final',
            revision: 1,
            laterOutcomes: 3,
            verdict: { level: 'insufficient-data', reason: 'actuals come selectively: hum' },
          },
        },
      }),
    ).toContain(
      'State final: no more actuals are waited for; 3 outcomes came later; not judged: actuals come selectively: hum',
    );
  });
});

describe('the metrics', () => {
  it('have intervals, the reference, the difference and limits, the main one first', () => {
    expect(sectionOf(pages.bikes, 'metrics')).toMatch(
      /RMSE 78\.5 70\.7 to 86\.4 101 95\.9 to 106 22% better warning 65, critical 80 MAE /,
    );
    expect(sectionOf(pages.flights, 'metrics')).toContain(
      'accuracy 74.3% 72.1% to 76.5% 76.2% 75.4% to 77% 1.9 points worse, within chance',
    );
  });

  it('say why they have no number, once a reason', () => {
    expect(sectionOf(pages.bikes, 'metrics')).toContain('No peak-hour MAPE: no outcome lies in a peak hour.');
    const reason = { notComputable: 'no outcome has a probability' };
    const text = render({
      metrics: (['log_loss', 'brier'] as const).map((metric) => ({
        metric,
        current: reason,
        reference: reason,
      })),
    });
    expect(text).toContain('No log loss, Brier score: no outcome has a probability.');
  });
});

describe('the trend', () => {
  it('says in words what it draws', () => {
    const [label] = /RMSE over 7 days, 56 windows[^"]*/.exec(pages.bikes)!;
    expect(label).toContain('from 2011-03-26 to 2011-05-20');
    expect(label).toContain('limits: warning 65, critical 80');
    expect(label).toContain('promoted 2011-04-24 on 2011-04-24 03:40');
    expect(label).toContain('retrained rejected on 2011-05-15 03:40');
    expect(label).toContain('the last 7 are provisional');
  });

  it('is drawn for desks and for phones', () => {
    expect(pages.bikes).toMatch(/class="on-desk">\s*<svg viewBox="0 0 960 280"/);
    expect(pages.bikes).toMatch(/class="on-phone">\s*<svg viewBox="0 0 390 230"/);
  });

  it('has limits, marks and a band for each version', () => {
    const section = pages.bikes.slice(pages.bikes.indexOf('id="trend"'), pages.bikes.indexOf('id="metrics"'));
    expect(textOf(section)).toMatch(/critical 80.*warning 65|warning 65.*critical 80/);
    expect(textOf(section)).toContain('new 2011-04-24');
    expect(section.match(/fill="var\(--current\)" fill-opacity="0.2"|opacity="0.2"/g)).toHaveLength(4);
  });
});

describe('the sections', () => {
  it('show segments, the worst first, and fold the many', () => {
    expect(sectionOf(pages.bikes, 'segments')).toMatch(
      /workingday=0 92\.4 .* 18% worse, within chance 44 .*holiday=1 3 outcomes, at least 10 are needed/,
    );
    expect(sectionOf(pages.flights, 'segments')).toContain(' 4 more ');
  });

  it('say that no slice is weak, which is news', () => {
    expect(sectionOf(pages.flights, 'slices')).toContain('No slice of one or two features is clearly weaker');
  });

  it('show what a regression has, or what a classification has', () => {
    const ids = (markup: string): string[] =>
      ['predicted', 'calibration', 'thresholds', 'confusion'].filter((id) =>
        markup.includes(`<h2 id="${id}"`),
      );
    expect(ids(pages.bikes)).toEqual(['predicted']);
    expect(ids(pages.flights)).toEqual(['calibration', 'thresholds', 'confusion']);
  });

  it('count which class is taken for which', () => {
    expect(sectionOf(pages.flights, 'confusion')).toContain('on-time 1,270 94% 82 6.1% late 391 80% 97 20%');
  });

  it('hold the model against something simpler and against other versions', () => {
    expect(sectionOf(pages.bikes, 'baselines')).toContain(
      'the actual of a week before by version 2011-04-24 RMSE 66.1 against 82.3 better difference -16.2 (-23.9 to -9.1), p 2e-4 148',
    );
    expect(sectionOf(pages.bikes, 'baselines')).toContain(
      '66.1 against 64.9 no clear difference difference 1.2',
    );
    expect(sectionOf(pages.bikes, 'versions')).toContain(
      '2011-04-24 against 2011-03-01 RMSE 66.1 against 112 better',
    );
  });

  it('say over which outcomes something was compared where these are others', () => {
    expect(sectionOf(pages.bikes, 'slices')).toContain('Over 2011-04-20 to 2011-05-20.');
    expect(sectionOf(pages.bikes, 'baselines')).not.toContain('Over 2011');
  });

  it('say how far estimates were off', () => {
    expect(sectionOf(pages.bikes, 'estimates')).toMatch(
      /RMSE was estimated at 78\.5 for the window to May 20, no actuals yet; over 41 windows both differ by 3\.78 on average/,
    );
  });

  it('show which days were restated', () => {
    expect(sectionOf(pages.bikes, 'coverage')).toContain('May 18 RMSE 108 → 94.3 61% → 97%');
  });

  it.each([
    ['trend', 'trend', 'No trend'],
    ['estimates', 'estimates', 'No estimates'],
    ['segments', 'segments', 'No segments'],
    ['slices', 'slices', 'No slices'],
    ['errorByDay', 'errors', 'No errors by day'],
    ['errorByHour', 'errors', 'No errors by hour'],
    ['predictedAgainstActual', 'predicted', 'No pairs'],
    ['calibration', 'calibration', 'No calibration'],
    ['confusion', 'confusion', 'No confusion'],
    ['thresholds', 'thresholds', 'No thresholds'],
    ['baselines', 'baselines', 'No baselines'],
    ['versions', 'versions', 'No versions'],
    ['drift', 'drift', 'No drift'],
    ['quality', 'quality', 'No quality'],
    ['alerts', 'alerts', 'No alerts'],
    ['retrainings', 'retrainings', 'No retrainings'],
    ['coverage', 'coverage', 'No coverage'],
  ])('%s says in one line why it is empty', (part, id, reason) => {
    const markup = renderPerformanceReport({ ...bikes, [part]: { absent: reason } });
    expect(sectionOf(markup, id)).toContain(` ${reason} `);
  });

  it('are all there of a model that nothing is known of', () => {
    const text = textOf(pages.nothing);
    expect(text).toContain(
      '? Not judged no degradation check speaks for this window log loss not computable: no outcomes.',
    );
    for (const reason of ['No trend', 'No segments', 'No calibration', 'No drift', 'No coverage'])
      expect(text).toContain(reason);
    expect(pages.nothing).not.toContain('<svg');
    expect(pages.nothing).not.toContain('NaN');
  });
});

describe('the file', () => {
  it('needs neither network nor script, and allows none', () => {
    for (const markup of Object.values(pages)) {
      expect(markup).toContain(
        `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"`,
      );
      expect(markup.match(/url\((?!#)|@import|https?:|(?:src|href)="(?!#)/g) ?? []).toEqual([]);
      const tags = markup.match(/<[^>]*>/g)!.map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
      expect(tags.filter((tag) => /^<(script|link|img|iframe)|\son\w+=/i.test(tag))).toEqual([]);
    }
  });

  it('shows any name as it is written', () => {
    for (const name of hostileNames.filter((name) => name !== '')) {
      expect(pages.wide, name).toContain(`<bdi>${escapeHtml(name)}</bdi>`);
    }
    expect(pages.wide).toContain('(no name)');
    expect(pages.wide).not.toMatch(/<script>|<img|<\/style>\w/);
  });

  it('has every id once, and every link leads to one', () => {
    for (const markup of Object.values(pages)) {
      const ids = [...markup.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
      expect(new Set(ids).size).toBe(ids.length);
      const targets = [...markup.matchAll(/(?:href="#|aria-labelledby="|url\(#)([^")]*)["\\)]/g)].map(
        ([, id]) => id!,
      );
      expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
    }
  });

  it('closes what it opens', () => {
    const open: string[] = [];
    for (const [tag] of pages.wide.matchAll(/<[^>]*>/g)) {
      const [, slash, name] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(tag) ?? [];
      if (name === undefined || tag.endsWith('/>') || ['meta', 'br'].includes(name)) continue;
      if (slash === '/') expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('says in words what each chart draws', () => {
    const labels = [...pages.bikes.matchAll(/<svg [^>]*aria-label="([^"]*)"/g)].map(([, label]) => label!);
    expect(labels.length).toBeGreaterThan(6);
    for (const label of labels) expect(label).toMatch(/\w{4,}.* \d/);
  });

  it('has the same bytes every time, from JSON too', () => {
    expect(renderPerformanceReport(JSON.parse(JSON.stringify(bikes)) as PerformanceReport)).toBe(pages.bikes);
  });

  it('stays below 300 kB', () => {
    for (const markup of Object.values(pages)) expect(Buffer.byteLength(markup)).toBeLessThan(300_000);
  });
});
