/** Writes the reference: `npm run docs`. */

import { writeFile } from 'node:fs/promises';

import { reference } from './reference.ts';

for (const [file, text] of Object.entries(reference)) await writeFile(new URL(file, import.meta.url), text);
