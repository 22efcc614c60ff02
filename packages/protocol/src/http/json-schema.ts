import { z } from 'zod';

/** The parts of JSON Schema that the endpoints' schemas use. */
export interface JsonSchema {
  type?: string;
  $ref?: string;
  format?: string;
  pattern?: string;
  description?: string;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  minimum?: number;
  /** Of a schema that chooses between these itself (`.meta({ alternatives })`). */
  alternatives?: readonly z.ZodType[];
  [keyword: string]: unknown;
}

/** A schema with the named shapes (`.meta({ id })`) that it refers to as `#/components/schemas/<id>`. */
export interface DescribedSchema {
  readonly schema: JsonSchema;
  readonly shapes: Readonly<Record<string, JsonSchema>>;
}

/** Formats whose patterns say the same again, at length. */
const SELF_EXPLAINING = new Set(['uuid', 'date-time']);
const QUERY_NUMBER = String.raw`^\d{1,9}$`;

/** The JSON Schema of what goes over the network: of what a caller sends (`input`), or of an answer (`output`). */
export function describe(schema: z.ZodType, io: 'input' | 'output'): DescribedSchema {
  const {
    $schema: _dialect,
    $defs = {},
    ...described
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => simplify(jsonSchema as JsonSchema),
  });
  const text = JSON.stringify({ schema: described, shapes: $defs });
  // Copied, because the results share objects.
  return JSON.parse(text.replaceAll('#/$defs/', '#/components/schemas/')) as DescribedSchema;
}

function simplify(jsonSchema: JsonSchema): void {
  const { alternatives } = jsonSchema;
  if (alternatives !== undefined) {
    delete jsonSchema.alternatives;
    jsonSchema.anyOf = alternatives.map((each) => describe(each, 'input').schema);
  }
  if (SELF_EXPLAINING.has(jsonSchema.format ?? '')) delete jsonSchema.pattern;
  if (jsonSchema.pattern === QUERY_NUMBER) {
    delete jsonSchema.pattern;
    Object.assign(jsonSchema, { type: 'integer', minimum: 0 });
  }
  // Every `z.int()` has them; they say nothing of the API.
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
}
