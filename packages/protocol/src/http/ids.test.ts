import { expect, it } from 'vitest';
import type { z } from 'zod';

import { ENDPOINTS } from './endpoints.ts';

/** Names of fields that hold the id of a row, or a list of them. */
const ID = /(?:^|[a-z])(?:Id|Ids)$|^(?:mentions|inbox|team|assignee|tag)$/;

/** Every field of a schema, with the name of the object's key that holds it. */
function fieldsOf(schema: z.core.$ZodType, name = ''): [string, z.core.$ZodType][] {
  const { def } = schema._zod;
  const own: [string, z.core.$ZodType][] = [[name, schema]];
  if (def.type === 'object') return Object.entries((def as z.core.$ZodObjectDef).shape).flatMap(([key, field]) => fieldsOf(field, key));
  if ('innerType' in def) return fieldsOf(def.innerType as z.core.$ZodType, name);
  if ('element' in def) return fieldsOf(def.element as z.core.$ZodType, name);
  if ('in' in def) return fieldsOf(def.in as z.core.$ZodType, name);
  if ('options' in def) return (def.options as z.core.$ZodType[]).flatMap((option) => fieldsOf(option, name));
  return own;
}

const BODIES = Object.entries(ENDPOINTS).flatMap(([endpoint, { ...row }]) =>
  'body' in row && row.body.kind === 'json' ? [[endpoint, row.body.schema as z.ZodType] as const] : [],
);
/** The visitors' and consoles' first endpoints leave it to the verbs, which answer that there is no such conversation. */
const V1 = BODIES.filter(([endpoint]) => endpoint.includes('/api/v1/'));

it('a body of the API takes no id that is larger than any row’s: the database could not compare it', () => {
  const ids = V1.flatMap(([endpoint, schema]) =>
    fieldsOf(schema).flatMap(([name, field]) => (ID.test(name) ? [[`${endpoint} ${name}`, field] as const] : [])),
  );
  const numbers = ids.filter(([, field]) => field._zod.def.type === 'number');
  expect(numbers.length).toBeGreaterThan(8);
  const tooWide = numbers.filter(([, field]) => (field as z.ZodType).safeParse(2 ** 31).success);
  expect(tooWide.map(([name]) => name)).toEqual([]);
});
