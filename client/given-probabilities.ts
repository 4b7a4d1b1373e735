/**
 * The probabilities of a row that names some of them in columns of their own; of two classes one tells the other. Undefined without
 * such columns; of a row that lacks one, undefined as well.
 */
export function givenProbabilities<Row>(
  classes: readonly string[] | undefined,
  given: readonly { readonly name: string; readonly get: (row: Row) => unknown }[],
): ((row: Row) => Readonly<Record<string, unknown>> | undefined) | undefined {
  if (given.length === 0) return undefined;
  const other =
    given.length === 1 && classes?.length === 2 ? classes.find((name) => name !== given[0]?.name) : undefined;
  return (row) => {
    const made: Record<string, unknown> = {};
    for (const { name, get } of given) {
      const value = get(row);
      if (value === null) return undefined;
      made[name] = value;
      if (other !== undefined) made[other] = typeof value === 'number' ? 1 - value : value;
    }
    return made;
  };
}
