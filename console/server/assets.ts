/** What pages load beside their HTML: one style sheet, one script, one icon. */

import { sha256 } from 'hono/utils/crypto';

import { consoleStyle } from '../layout/style.ts';
import { consoleScript } from '../layout/script.ts';

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b62d0"/><path d="M4 14c4-5 8-5 12 0s8 5 12 0M4 22c4-5 8-5 12 0s8 5 12 0" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`;

export const assets = {
  '/assets/console.css': { type: 'text/css; charset=utf-8', text: consoleStyle },
  '/assets/console.js': { type: 'text/javascript; charset=utf-8', text: consoleScript },
  '/assets/icon.svg': { type: 'image/svg+xml', text: icon },
} as const;

/** Changes with any of them, so that a browser may keep what it has loaded. */
export async function readAssetVersion(): Promise<string> {
  const all = Object.values(assets).map(({ text }) => text);
  return ((await sha256(all.join('\n'))) ?? '').slice(0, 12);
}
