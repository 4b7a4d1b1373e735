/** One monitor: what is in effect, and why each threshold is what it is. */

import { ruleText } from '../../../core/degradation/rule-text.ts';
import { rulesOf } from '../../../core/degradation/rules.ts';
import { formatInstant } from '../../../core/window.ts';
import { definition } from '../../definition.ts';
import { html, type Html } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { ago } from '../../layout/ago.ts';
import { section } from '../../layout/section.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten, visibleName } from '../../names.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelPath } from '../paths.ts';
import type { LoadedMonitor } from './load.ts';
import { whyMethod, whyThreshold } from './why-threshold.ts';

export function monitorPage(loaded: LoadedMonitor, { now }: View): Shown {
  const { model, monitor, hash, appliedAt, configuration } = loaded;
  return {
    title: `Monitor of ${shorten(visibleName(model), 60)}`,
    main: html`<p class="crumbs"><a href="/monitors">Monitors</a></p>
      <h1>Monitor of <a href="${modelPath(model)}">${visibleName(model)}</a></h1>
      <dl class="sides">
        ${definition('Applied', ago(appliedAt, now))}
        ${definition('Configuration', html`<code>${hash.slice(0, 12)}</code>`)}
      </dl>
      ${
        monitor === undefined
          ? html`<p class="notice refused">
              Another version of Tidewatch has stored this monitor. Run <code>tidewatch apply</code>.
            </p>`
          : [rules(monitor), columns({ ...loaded, monitor })]
      }
      <section aria-labelledby="effective">
        <h2 id="effective">In effect</h2>
        <p class="muted order">
          With every default; change it in <code>monitors/${model}.yaml</code> and run
          <code>tidewatch apply</code>.
        </p>
        <pre tabindex="0">${JSON.stringify(configuration, undefined, 2)}</pre>
      </section>`,
  };
}

type Readable = LoadedMonitor & { readonly monitor: NonNullable<LoadedMonitor['monitor']> };

function rules(monitor: Readable['monitor']): Html {
  const written = monitor.degradation.rules !== undefined;
  const all = rulesOf(monitor);
  return html`<section aria-labelledby="rules">
    <h2 id="rules">When it counts as degraded</h2>
    <p class="muted order">
      ${written ? 'By the rules that the monitor writes.' : html`By what follows from <code>performance.limits</code>, as the monitor writes no rules of its own.`}
    </p>
    ${
      all.length === 0
        ? html`<p>Never: it has neither limits nor rules.</p>`
        : html`<ul class="plain-list">
            ${all.map((rule) => html`<li>${levelMark(rule.level)} when ${ruleText(rule)}</li>`)}
          </ul>`
    }
  </section>`;
}

function columns({ monitor, decided, decidedAt }: Readable): Html {
  return section(
    'columns',
    'When a column counts as drifted',
    decidedAt === null
      ? html`<p class="muted">
          The thresholds are learned when there is a reference: the first run of
          <code>driftDetection</code> shows them here.
        </p>`
      : html`<p class="muted order">As the run up to ${instantText(formatInstant(decidedAt))} decided.</p>
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">Column</th>
                <th scope="col">Method</th>
                <th scope="col">Drifted from</th>
                <th scope="col">Against</th>
              </tr>
            </thead>
            <tbody>
              ${decided.map(
                (one) =>
                  html`<tr>
                    <th scope="row"><bdi>${shorten(visibleName(one.column), 60)}</bdi></th>
                    <td data-name="Method">
                      ${one.method} <span class="muted">${whyMethod(monitor, one.column)}</span>
                    </td>
                    <td data-name="Drifted from">${whyThreshold(monitor, one)}</td>
                    <td data-name="Against">
                      ${one.question === 'recent' ? 'the weeks before' : 'the reference'}
                    </td>
                  </tr>`,
              )}
            </tbody>
          </table>`,
  );
}
