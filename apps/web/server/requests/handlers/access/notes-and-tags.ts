import { randomUUID } from 'node:crypto';

import { ask, type Person } from '../../../testing/test-server.ts';
import type { AdmittedName, Params } from '../../route.ts';
import type { Attempt } from './attempt.ts';

/** Exists when the tests run. */
type Visitor = () => Pick<Person, 'id'>;
type Expected = Attempt['expected'];

const OPERATORS: Expected = { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 };
const CREATING: Expected = { ...OPERATORS, operator: 201, admin: 201 };
const NOBODY: Expected = { ...OPERATORS, operator: 404, admin: 404 };

/** An id that no row has. */
const NO_ID: Params = { id: '9999999999' };

/** An attempt at an endpoint whose path has no parameter. */
function plain(name: AdmittedName, expected: Expected, body?: object): Attempt {
  const [method = '', path = ''] = name.split(' ');
  return { request: (headers) => ask(method, path, { headers, body }), expected };
}

/** The attempts at an endpoint of a conversation: that of visitor A, and one that does not exist. */
function ofConversation(name: AdmittedName, visitor: Visitor, expected: Expected, body?: () => object): readonly [Attempt, Attempt] {
  const [method = '', path = ''] = name.split(' ');
  const request: Attempt['request'] = (headers) => ask(method, path, { headers, body: body?.() });
  return [
    { request, params: () => ({ id: String(visitor().id) }), expected },
    { how: 'of nobody', request, params: NO_ID, expected: NOBODY },
  ];
}

/** An attempt at an endpoint of a row that does not exist: admitted callers get `expected`. */
function ofNothing(name: AdmittedName, expected: Expected, body?: object): Attempt {
  const [method = '', path = ''] = name.split(' ');
  return { request: (headers) => ask(method, path, { headers, body }), params: NO_ID, expected };
}

const expected = { version: 1 };
const SUPERVISORS: Expected = { ...OPERATORS, operator: 403, supervisor: 200 };

/** The attempts at the endpoints of notes, activity, tags, canned replies and drafts. */
export const noteAndTagAttempts = (visitor: Visitor) =>
  ({
    'GET /api/v1/conversations/{id}/activity': ofConversation('GET /api/v1/conversations/{id}/activity', visitor, OPERATORS),
    'GET /api/v1/conversations/{id}/notes': ofConversation('GET /api/v1/conversations/{id}/notes', visitor, OPERATORS),
    'POST /api/v1/conversations/{id}/notes': ofConversation('POST /api/v1/conversations/{id}/notes', visitor, CREATING, () => ({
      noteKey: randomUUID(),
      text: 'a note',
    })),
    'POST /api/v1/conversations/{id}/mentions-seen': ofConversation(
      'POST /api/v1/conversations/{id}/mentions-seen',
      visitor,
      OPERATORS,
      () => ({ upToActivitySeq: 1 }),
    ),
    'PATCH /api/v1/notes/{id}': [ofNothing('PATCH /api/v1/notes/{id}', NOBODY, { text: 'x', mentions: [], expected })],
    'DELETE /api/v1/notes/{id}': [ofNothing('DELETE /api/v1/notes/{id}', NOBODY)],
    'GET /api/v1/tags': [plain('GET /api/v1/tags', OPERATORS)],
    'POST /api/v1/tags': [plain('POST /api/v1/tags', CREATING, { name: 'Refund' })],
    'PATCH /api/v1/tags/{id}': [
      ofNothing('PATCH /api/v1/tags/{id}', { ...SUPERVISORS, supervisor: 404, admin: 404 }, { name: 'Refunds', expected }),
    ],
    'DELETE /api/v1/tags/{id}': [ofNothing('DELETE /api/v1/tags/{id}', SUPERVISORS)],
    'PUT /api/v1/conversations/{id}/tags': ofConversation('PUT /api/v1/conversations/{id}/tags', visitor, OPERATORS, () => ({
      tagIds: [],
    })),
    'GET /api/v1/canned-replies': [plain('GET /api/v1/canned-replies', OPERATORS)],
    'POST /api/v1/canned-replies': [
      plain('POST /api/v1/canned-replies', CREATING, { shortcut: 'hi', text: 'Hello' }),
      {
        how: 'of everybody',
        ...plain(
          'POST /api/v1/canned-replies',
          { ...CREATING, operator: 403, supervisor: 201 },
          { shortcut: 'hi', text: 'Hello', scope: 'everybody' },
        ),
      },
    ],
    'PATCH /api/v1/canned-replies/{id}': [ofNothing('PATCH /api/v1/canned-replies/{id}', NOBODY, { text: 'x', expected })],
    'DELETE /api/v1/canned-replies/{id}': [ofNothing('DELETE /api/v1/canned-replies/{id}', OPERATORS)],
    'GET /api/v1/drafts': [plain('GET /api/v1/drafts', OPERATORS)],
    'PUT /api/v1/conversations/{id}/draft': ofConversation('PUT /api/v1/conversations/{id}/draft', visitor, OPERATORS, () => ({
      kind: 'reply',
      text: 'Dear',
      version: 1,
    })),
  }) as const satisfies Partial<Record<AdmittedName, readonly [Attempt, ...Attempt[]]>>;
