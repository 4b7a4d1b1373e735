/** The text of an answer, as far as somebody wants to read it. */

/**
 * Undefined where it is longer than so many bytes: the rest is not read. A server that never ends would fill the memory of the worker.
 */
export async function boundedText(response: Response, longest: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > longest) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Of what a provider says about a message, much more than anybody reads. */
export const longestRemark = 64 * 1024;
