/**
 * How a command is called, for its --help.
 *
 * @param calls without `tidewatch`
 */
export function example(...calls: readonly string[]): string {
  return `\nExample${calls.length === 1 ? '' : 's'}:\n${calls.map((call) => `  $ tidewatch ${call}`).join('\n')}`;
}
