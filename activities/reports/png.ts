/** Owns `@resvg/resvg-js`: how a picture that a mail program cannot draw (SVG) becomes one that it can. */

import { fileURLToPath } from 'node:url';

import { Resvg } from '@resvg/resvg-js';

/** The same letters everywhere: a container has no fonts at all. */
const font = fileURLToPath(
  import.meta.resolve('@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf'),
);

/**
 * The PNG of an SVG, twice as fine for the screens of today. The same text gives the same bytes on any machine; characters
 * that the font (Latin, Greek, Cyrillic, Hebrew) does not have are empty boxes.
 *
 * Cost: 60 ms for 600 by 260.
 */
export function pngOf(svg: string): Buffer {
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: { loadSystemFonts: false, fontFiles: [font], defaultFontFamily: 'Open Sans' },
  });
  return resvg.render().asPng();
}
