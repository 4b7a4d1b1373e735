/** What the pages of the reference are written with. */

/** Text as one cell of a table: what looks like HTML must not be taken for it, and stands as it is in code. */
function cell(text: string): string {
  const parts = text
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
    .split(/(`[^`]*`)/);
  return parts.map((part) => (part.startsWith('`') ? part : withoutTags(part))).join('');
}

export function withoutTags(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

export const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

/** A page, which says where it comes from. */
export function page(title: string, source: string, ...parts: readonly string[]): string {
  const note = `<!-- Made by \`npm run docs\` from ${source}; edit that instead. -->`;
  return `${[`# ${title}`, note, ...parts].join('\n\n')}\n`;
}
