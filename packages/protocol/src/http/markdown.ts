import { ERRORS } from '../errors.ts';
import { REASONS } from '../reasons.ts';
import { ACCESS, type Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { describe, type JsonSchema } from './json-schema.ts';

/** The endpoints as a Markdown table, followed by the shapes that its rows reference. */
export function endpointsMarkdown(): string {
  const shapes: Record<string, JsonSchema> = {};
  const write = (schema: JsonSchema, used: Readonly<Record<string, JsonSchema>>): string => {
    Object.assign(shapes, used);
    return signature(schema);
  };
  const rows = Object.entries<Endpoint>(ENDPOINTS).map(([name, endpoint]) => {
    const { access, summary, query, body, response } = endpoint;
    const asked = query === undefined ? '' : `?${Object.keys(describe(query, 'input').schema.properties ?? {}).join('=&')}=`;
    const taken = body === undefined ? undefined : describe(body.schema, 'input');
    const answered = response.kind === 'json' ? describe(response.schema, 'output') : undefined;
    const takes = taken === undefined ? '' : `${body?.kind === 'form' ? 'form ' : ''}\`${write(taken.schema, taken.shapes)}\``;
    const status = response.kind === 'json' ? `${response.status} ` : '';
    const answers = answered === undefined ? '' : `${status}\`${write(answered.schema, answered.shapes)}\``;
    return row([`\`${name}${asked}\``, ACCESS[access], takes, answers, summary]);
  });
  const table = [row(['endpoint', 'who', 'takes', 'answers', 'does']), row(['---', '---', '---', '---', '---']), ...rows].join('\n');
  return `${table}\n\n${Object.entries(shapes)
    .map(([name, schema]) => `\`${name}\`: \`${signature(schema)}\``)
    .join('\n\n')}`;
}

/** The table of reasons. */
export function reasonsMarkdown(): string {
  const rows = Object.entries(REASONS).map(([name, { code, message }]) => row([`\`${name}\``, `\`${code}\``, message]));
  return [row(['reason', 'code', 'message, with its `params` in braces']), row(['---', '---', '---']), ...rows].join('\n');
}

/** The table of errors. */
export function errorsMarkdown(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, retryable }]) =>
    row([`\`${code}\``, String(status), retryable ? 'yes' : 'no']),
  );
  return [row(['code', 'status', 'retryable']), row(['---', '---', '---']), ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

/** A shape in short: the names of an object's fields, with `?` after optional ones, and those of nested objects. */
function signature({ $ref, anyOf, items, properties, required = [] }: JsonSchema): string {
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if (items !== undefined) return `[${signature(items)}]`;
  if (anyOf !== undefined)
    return anyOf
      .map(signature)
      .filter((part) => part !== '')
      .join(' or ');
  if (properties === undefined) return '';
  const fields = Object.entries(properties).map(([name, schema]) => {
    const inner = signature(schema);
    return `${name}${required.includes(name) ? '' : '?'}${inner === '' || inner === '[]' ? '' : `: ${inner}`}`;
  });
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
