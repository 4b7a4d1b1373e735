import { fileURLToPath } from 'node:url';

/** The blocks of a page in Markdown that are of a language. */
export function fenced(page: string, language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm'))].map(
    ([, body]) => body!,
  );
}

/** What a page tells people to type, a line each. */
export function commandsOf(page: string): readonly string[] {
  return fenced(page, 'sh').flatMap((block) =>
    block
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  );
}

/** A line of a page as it can be typed here: `npx tidewatch` is the command of these sources. */
export function runnable(line: string): string {
  const command = fileURLToPath(new URL('../../cli/tidewatch.ts', import.meta.url));
  return line.replace(
    'npx tidewatch',
    `"${process.execPath}" --import ${import.meta.resolve('tsx')} ${command}`,
  );
}
