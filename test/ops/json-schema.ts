/** Checks documents against the schemas that others publish: test/ops/schemas. */

import { readFile } from 'node:fs/promises';

import { Ajv } from 'ajv';

/** What a document has that its schema does not allow, a line each. */
export type Check = (document: unknown) => readonly string[];

async function readSchema<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`schemas/${name}`, import.meta.url), 'utf8')) as T;
}

// Both use formats that say nothing of validity, and words of their own.
const options = { strict: false, allErrors: true, validateFormats: false } as const;

function complaintsOf(validate: ReturnType<Ajv['compile']>, document: unknown): readonly string[] {
  if (validate(document) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}

/** By the Compose specification, https://github.com/compose-spec/compose-spec at 170098b, Apache-2.0. */
export async function composeSchema(): Promise<Check> {
  // Ajv knows draft 7 by http only.
  const { $schema: _, ...schema } = await readSchema<Record<string, unknown>>('compose-spec.json');
  const validate = new Ajv(options).compile(schema);
  return (document) => complaintsOf(validate, document);
}

/** By the strict schemas of Kubernetes, of the kind that the document says it is. */
export async function kubernetesSchemas(): Promise<Check> {
  const { kinds, definitions } =
    await readSchema<Record<'kinds' | 'definitions', Record<string, { readonly $ref: string }>>>(
      'kubernetes.json',
    );
  const ajv = new Ajv(options).addSchema({ $id: 'kubernetes', definitions });
  return (document) => {
    const { apiVersion, kind } = document as { readonly apiVersion?: string; readonly kind?: string };
    const name = `${apiVersion ?? ''}/${kind ?? ''}`;
    const reference = kinds[name];
    if (reference === undefined) return [`${name}: add it to schemas/kubernetes_schemas.py`];
    return complaintsOf(ajv.getSchema(`kubernetes${reference.$ref}`)!, document);
  };
}
