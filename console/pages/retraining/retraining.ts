/** One retraining: how far it is, why, how its challenger was judged, and whether it has helped. */

import { oneLine } from '../../../core/alert/message.ts';
import { formatSignificant } from '../../../core/number-text.ts';
import { answerChange, changeable, retrainingChanges } from '../../../core/retraining/change.ts';
import { daysText, gainText, helpedText, stateText } from '../../../core/retraining/retraining-words.ts';
import { windowText } from '../../../core/window-text.ts';
import { formatMinute, formatWindow, parseInstant } from '../../../core/window.ts';
import type { RetrainingEvent, ShownRetraining } from '../../../sql/read-retrainings.ts';
import { definition } from '../../definition.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { ago } from '../../layout/ago.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelPath, retrainingPath } from '../paths.ts';
import { gatesSection, lineageSection } from './judged.ts';
import type { LoadedRetraining, RetrainingFacts } from './load.ts';

export function retrainingPage(loaded: LoadedRetraining, view: View): Shown {
  const { retraining, facts, events } = loaded;
  const { model, retrainingId, reason, champion, challenger, cost, workflowId } = retraining;
  const temporal = `${view.temporalUiUrl}/workflows/${encodeURIComponent(workflowId)}/${encodeURIComponent(facts.runId)}`;
  return {
    title: `Retraining of ${model}`,
    main: html`<p class="crumbs"><a href="/retrainings">Retrainings</a></p>
      <h1>Retraining of <bdi>${shorten(visibleName(model), 80)}</bdi></h1>
      <p>${oneLine(reason)}</p>
      <dl class="sides">
        ${definition('State', stateText(retraining))} ${definition('As of', instantText(retrainingId))}
        ${definition('Model', html`<a href="${modelPath(model)}">${shorten(visibleName(model), 60)}</a>`)}
        ${definition('Version', html`<bdi>${shorten(champion ?? 'none', 40)}</bdi> → <bdi>${shorten(challenger ?? 'none yet', 40)}</bdi>`)}
        ${definition('Started', ago(facts.startedAt, view.now))}
        ${facts.finishedAt !== null && definition('Ended', ago(facts.finishedAt, view.now))}
        ${cost !== null && definition('Cost', formatSignificant(cost))}
        ${definition('Workflow', html`<a href="${temporal}">in Temporal</a>`)}
      </dl>
      ${actionsOn(retraining, events, view)} ${steps(events)} ${gatesSection(facts.validation)}
      ${verification(retraining)} ${trainedOn(facts)} ${lineageSection(facts)}`,
  };
}

const buttons = { approve: 'Approve', reject: 'Reject', cancel: 'Cancel', extend: 'Extend' } as const;
const lengths = ['1h', '4h', '1d', '3d', '7d'];

/** Only what can be done now: the answer of the update is what counts. */
function actionsOn(retraining: ShownRetraining, events: readonly RetrainingEvent[], view: View): Part {
  const { model, retrainingId, state, approval } = retraining;
  const run = changeable(retraining);
  const possible = retrainingChanges.filter((change) => answerChange(run, change) === 'done');
  if (possible.length === 0) return undefined;
  if (view.viewer.role !== 'operator')
    return html`<p class="muted">Sign in as an operator to ${possible.join(', ')} it.</p>`;
  const to = (change: string): string => `${retrainingPath(model, retrainingId)}/${change}`;
  const button = (change: (typeof possible)[number], i: number): Html =>
    html`<button ${i === 0 && html`class="primary"`} formaction="${to(change)}">${buttons[change]}</button>`;
  return html`<section aria-labelledby="act">
    <h2 id="act">Decide</h2>
    ${approval !== null && html`<p class="muted">${oneLine(approval.reason)}</p>`}
    <form class="act" method="post" action="${to(possible[0]!)}">
      <input type="hidden" name="seen" value="${`${state} ${events.length}`}" />
      <label class="wide"
        >Note <textarea name="note" rows="2" maxlength="2000">${view.draft['note']}</textarea>
      </label>
      <div class="row">${possible.filter((change) => change !== 'extend').map(button)}</div>
      ${
        possible.includes('extend') &&
        html`<div class="row">
          <label
            >More time
            <select name="for">
              ${lengths.map((length) => html`<option ${length === (view.draft['for'] ?? '1d') && html`selected`}>${length}</option>`)}
            </select></label
          >
          ${button('extend', 1)}
        </div>`
      }
    </form>
  </section>`;
}

function steps(events: readonly RetrainingEvent[]): Html {
  return html`<section aria-labelledby="steps">
    <h2 id="steps">Steps</h2>
    <table class="cards history">
      <thead>
        <tr>
          <th scope="col">When (UTC)</th>
          <th scope="col">Step</th>
          <th scope="col">As of</th>
          <th scope="col">What it says</th>
        </tr>
      </thead>
      <tbody>
        ${events.map(
          ({ at, asOf, event, summary }) =>
            html`<tr>
              <th scope="row">${formatMinute(parseInstant(at))}</th>
              <td data-name="Step" class="whole">${event}</td>
              <td data-name="As of">${instantText(asOf)}</td>
              <td data-name="What it says">${oneLine(summary)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function verification(retraining: ShownRetraining): Part {
  const { verification: look, promotedAt } = retraining;
  const helped = helpedText(retraining);
  if (look === null) return undefined;
  const days = look.payback?.days;
  return html`<section aria-labelledby="verification">
    <h2 id="verification">${promotedAt === null ? 'Side by side' : 'Has it helped?'}</h2>
    <p>${oneLine(look.reason)}</p>
    <dl class="sides">
      ${helped !== '' && definition('Helped', helped)}
      ${gainText(retraining) !== '' && definition('Gain (95% interval)', gainText(retraining))}
      ${promotedAt !== null && definition('Promoted', instantText(promotedAt))}
      ${definition('Compared on', `${formatCount(look.rows)} rows, ${instantText(look.window.start)} to ${instantText(look.window.end)}`)}
      ${days !== undefined && definition('Paid', 'value' in days ? `after ${daysText(retraining)} days` : days.notComputable)}
    </dl>
  </section>`;
}

function trainedOn(facts: RetrainingFacts): Html {
  const { specification } = facts;
  return html`<section aria-labelledby="trained">
    <h2 id="trained">Trained on</h2>
    <dl class="sides">
      ${definition('Training', windowText(formatWindow({ start: facts.trainingStart, end: facts.trainingEnd })))}
      ${definition('Held out', windowText(formatWindow({ start: facts.holdoutStart, end: facts.holdoutEnd })))}
      ${specification !== null && definition('Rows', formatCount(specification.rows))}
      ${specification !== null && definition('Specification', html`<code>${specification.hash.slice(0, 12)}</code>`)}
    </dl>
    ${
      specification !== null &&
      specification.exclude.length > 0 &&
      html`<ul>
        ${specification.exclude.map(({ start, end, reason }) => html`<li>without ${windowText({ start, end })}: ${oneLine(reason)}</li>`)}
      </ul>`
    }
  </section>`;
}
