/** Light, dark, or as the system of whoever looks has it. */

import { darkColors, lightColors } from '../colors.ts';
import { html, type Html } from '../html.ts';

const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** The theme that a cookie or a form names; `auto` for anything else. */
export function themeOf(text: string | undefined): Theme {
  return themes.find((theme) => theme === text) ?? 'auto';
}

const variables = (colors: Readonly<Record<string, string>>): string =>
  Object.entries(colors)
    .map(([name, color]) => `--${name}: ${color};`)
    .join(' ');

/** Follows the rules for the system's choice, and is stronger. */
export const themeStyle = `
@media screen {
  :root[data-theme='light'] { color-scheme: light; ${variables(lightColors)} }
  :root[data-theme='dark'] { color-scheme: dark; ${variables(darkColors)} }
}
`;

const words: Readonly<Record<Theme, string>> = { auto: 'as the system', light: 'light', dark: 'dark' };
const signs: Readonly<Record<Theme, string>> = { auto: '◐', light: '○', dark: '●' };

/** A button that goes on to the next theme; it needs no script. */
export function themeSwitch(theme: Theme, path: string): Html {
  const next = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  const label = `Theme: ${words[theme]}. Change to ${words[next]}`;
  return html`<form class="theme" method="post" action="/theme">
    <input type="hidden" name="theme" value="${next}" />
    <input type="hidden" name="back" value="${path}" />
    <button class="plain" aria-label="${label}" title="${label}">
      <span aria-hidden="true">${signs[theme]}</span>
    </button>
  </form>`;
}
