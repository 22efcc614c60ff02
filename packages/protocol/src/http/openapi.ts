import { z } from 'zod';

import { ERRORS } from '../errors.ts';
import { ACCESS, type AccessRule, type Endpoint } from './endpoint.ts';
import { ENDPOINTS, type EndpointName } from './endpoints.ts';
import { describe, type DescribedSchema, type JsonSchema } from './json-schema.ts';

/** OpenAPI's `security` of each access rule: any one of these suffices. */
const SECURITY = {
  anyone: [{}, { visitorToken: [] }, { operatorSession: [] }],
  visitor: [{ visitorToken: [] }],
  operator: [{ operatorSession: [] }],
  admin: [{ operatorSession: [] }],
  'visitor-or-operator': [{ visitorToken: [] }, { operatorSession: [] }],
  'holder-of-a-link': [],
  'own-page': [],
  public: [],
  scraper: [{ metricsToken: [] }, {}],
} as const satisfies Record<AccessRule, readonly object[]>;

const error = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERRORS)),
    message: z.string(),
    retryable: z.boolean(),
    fields: z.record(z.string(), z.string()).optional(),
    reason: z.string().optional(),
    params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    current: z.unknown().optional().describe('The current state, for a `conflict` of an endpoint that says so.'),
  }),
});

/** The OpenAPI document of every endpoint of the table. */
export function openApiDocument(): object {
  const shapes: Record<string, JsonSchema> = {};
  const use = ({ schema, shapes: used }: DescribedSchema): JsonSchema => {
    Object.assign(shapes, used);
    return schema;
  };
  const paths: Record<string, Record<string, object>> = {};
  for (const name of Object.keys(ENDPOINTS) as EndpointName[]) {
    const [method = '', path = ''] = name.split(' ');
    const operations = (paths[path] ??= {});
    operations[method.toLowerCase()] = operationOf(path, ENDPOINTS[name], use);
  }
  shapes['Error'] = use(describe(error, 'output'));
  return {
    openapi: '3.1.0',
    info: { title: 'Switchboard', version: '1', description: 'The HTTP API of the web app. Generated from packages/protocol/src/http.' },
    paths,
    components: {
      schemas: shapes,
      securitySchemes: {
        visitorToken: { type: 'http', scheme: 'bearer', description: 'The token that POST /api/chat/sessions answers.' },
        operatorSession: {
          type: 'apiKey',
          in: 'cookie',
          name: 'switchboard.session_token',
          description: 'The console’s session cookie. With TLS its name has a prefix.',
        },
        metricsToken: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN.' },
      },
    },
  };
}

function operationOf(path: string, endpoint: Endpoint, use: (described: DescribedSchema) => JsonSchema): object {
  const { access, summary, body, response } = endpoint;
  const parameters = [...pathParameters(path), ...queryParameters(endpoint, use)];
  const mediaType = body?.kind === 'form' ? 'multipart/form-data' : 'application/json';
  const [status, type, schema] =
    response.kind === 'json'
      ? ([response.status, 'application/json', use(describe(response.schema, 'output'))] as const)
      : ([200, response.mediaType, {}] as const);
  return {
    description: `For ${ACCESS[access]}. ${summary}`,
    security: SECURITY[access],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [mediaType]: { schema: use(describe(body.schema, 'input')) } } } }),
    responses: {
      [status]: { description: 'Done.', content: { [type]: { schema } } },
      default: { description: 'Refused.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  };
}

function pathParameters(path: string): readonly object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ query }: Endpoint, use: (described: DescribedSchema) => JsonSchema): readonly object[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = use(describe(query, 'input'));
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}
