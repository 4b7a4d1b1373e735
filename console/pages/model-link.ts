import { html, type Html } from '../html.ts';
import { shorten, visibleName } from '../names.ts';
import { modelPath } from './paths.ts';

/** A model by its name, as far as there is room for it. */
export function modelLink(model: string): Html {
  return html`<a href="${modelPath(model)}"><bdi>${shorten(visibleName(model), 60)}</bdi></a>`;
}
