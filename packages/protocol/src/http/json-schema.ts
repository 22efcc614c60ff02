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
  /** The alternatives of a schema with its own choice (`.meta({ alternatives })`). */
  alternatives?: readonly z.ZodType[];
  [keyword: string]: unknown;
}

/** A schema, and the named shapes (`.meta({ id })`) that it references as `#/components/schemas/<id>`. */
export interface DescribedSchema {
  readonly schema: JsonSchema;
  readonly shapes: Readonly<Record<string, JsonSchema>>;
}

/** Formats whose generated patterns repeat the format. */
const REDUNDANT_PATTERNS = new Set(['uuid', 'date-time']);
const QUERY_NUMBER = String.raw`^\d{1,9}$`;

/** The JSON Schema of a request (`input`) or of a response (`output`). */
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
  // A copy, because the results share objects.
  return JSON.parse(text.replaceAll('#/$defs/', '#/components/schemas/')) as DescribedSchema;
}

function simplify(jsonSchema: JsonSchema): void {
  const { alternatives } = jsonSchema;
  if (alternatives !== undefined) {
    delete jsonSchema.alternatives;
    jsonSchema.anyOf = alternatives.map((each) => describe(each, 'input').schema);
  }
  if (REDUNDANT_PATTERNS.has(jsonSchema.format ?? '')) delete jsonSchema.pattern;
  if (jsonSchema.pattern === QUERY_NUMBER) {
    delete jsonSchema.pattern;
    Object.assign(jsonSchema, { type: 'integer', minimum: 0 });
  }
  // Bounds that every `z.int()` has; they are not part of the API.
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
}
