import { html, type Html, type Part } from './html.ts';

/** A name with what it stands for, inside of a `<dl>`. */
export function definition(name: string, text: Part): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${text}</dd>
  </div>`;
}
