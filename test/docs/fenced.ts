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
