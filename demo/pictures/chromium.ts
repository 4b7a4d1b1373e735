/** Finds and starts the Chromium that draws the pictures of the docs. */

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * The path of a Chromium: `TIDEWATCH_CHROMIUM`, else the first of `chromium`, `chromium-browser` and `google-chrome` on
 * the PATH.
 *
 * @throws Error that says how to install one
 */
export async function findChromium(environment: NodeJS.ProcessEnv): Promise<string> {
  const given = environment['TIDEWATCH_CHROMIUM'];
  if (given) {
    if (await isExecutable(given)) return given;
    throw new Error(`TIDEWATCH_CHROMIUM is ${given}, which is not a program that can be run`);
  }
  const directories = (environment['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const name of names) {
    for (const directory of directories) {
      const path = join(directory, name);
      if (await isExecutable(path)) return path;
    }
  }
  throw new Error(
    `The pictures need a Chromium, and the PATH has none of ${names.join(', ')}.\n` +
      'Install one (Debian: apt-get install --no-install-recommends chromium), or set TIDEWATCH_CHROMIUM to its path.',
  );
}

/** Starts it with a new profile, which goes when it is closed. It ends with this process, whatever ends this process. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    // Whoever starts this closes it in its own order.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    // The rest (no sandbox, which root cannot have; no updates, no sync, no first run) is Playwright's default.
    args: ['--disable-gpu'],
  });
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
