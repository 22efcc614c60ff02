import { ask, text, type Person } from '../../../testing/test-server.ts';
import type { AdmittedName } from '../../route.ts';
import type { Attempt } from './attempt.ts';

/** Exists when the tests run. */
interface Subjects {
  readonly visitor: Pick<Person, 'id'>;
  /** A view that the operator has saved. */
  readonly viewId: number;
}

/** The attempts at the endpoints of conversations and saved views. */
export const conversationAttempts = (one: () => Subjects) =>
  ({
    'GET /api/v1/conversations': [
      {
        request: (headers) => ask('GET', '/api/v1/conversations?view=mine', { headers }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
      },
      {
        how: 'by ids',
        request: (headers) => ask('GET', `/api/v1/conversations?ids=${one().visitor.id}`, { headers }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
      },
    ],
    'GET /api/v1/views': [
      {
        request: (headers) => ask('GET', '/api/v1/views', { headers }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
      },
    ],
    'GET /api/v1/conversations/{id}': [
      {
        request: (headers) => ask('GET', `/api/v1/conversations/${one().visitor.id}`, { headers }),
        params: () => ({ id: String(one().visitor.id) }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
      },
      {
        how: 'of nobody',
        request: (headers) => ask('GET', '/api/v1/conversations/9999999999', { headers }),
        params: () => ({ id: '9999999999' }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 404, admin: 404 },
      },
    ],
    'GET /api/v1/conversations/{id}/messages': [
      {
        request: (headers) => ask('GET', `/api/v1/conversations/${one().visitor.id}/messages`, { headers }),
        params: () => ({ id: String(one().visitor.id) }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
      },
    ],
    'POST /api/v1/conversations/{id}/messages': [
      {
        request: (headers) => ask('POST', `/api/v1/conversations/${one().visitor.id}/messages`, { headers, body: text('hi') }),
        params: () => ({ id: String(one().visitor.id) }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
      },
      {
        how: 'of nobody',
        request: (headers) => ask('POST', '/api/v1/conversations/9999999/messages', { headers, body: text('hi') }),
        params: () => ({ id: '9999999' }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 404, admin: 404 },
      },
    ],
    'GET /api/v1/saved-views': [
      {
        request: (headers) => ask('GET', '/api/v1/saved-views', { headers }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
      },
    ],
    'POST /api/v1/saved-views': [
      {
        request: (headers) => ask('POST', '/api/v1/saved-views', { headers, body: { name: 'My view', filters: { view: 'open' } } }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 201, admin: 201 },
      },
    ],
    'PATCH /api/v1/saved-views/{id}': [
      {
        request: (headers) =>
          ask('PATCH', `/api/v1/saved-views/${one().viewId}`, { headers, body: { name: 'A view', expected: { version: 1 } } }),
        params: () => ({ id: String(one().viewId) }),
        // Neither the supervisor nor the administrator is its owner.
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, supervisor: 404, admin: 404 },
      },
    ],
    'DELETE /api/v1/saved-views/{id}': [
      {
        request: (headers) => ask('DELETE', `/api/v1/saved-views/${one().viewId}`, { headers }),
        params: () => ({ id: String(one().viewId) }),
        expected: { anonymous: 401, a: 403, b: 403, operator: 200, supervisor: 404, admin: 404 },
      },
    ],
  }) as const satisfies Partial<Record<AdmittedName, readonly [Attempt, ...Attempt[]]>>;
