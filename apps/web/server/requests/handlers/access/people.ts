import { ask } from '../../../testing/test-server.ts';
import type { AdmittedName, Params } from '../../route.ts';
import type { Attempt } from './attempt.ts';

type Expected = Attempt['expected'];

const OPERATORS: Expected = { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 };
const ADMINISTRATORS: Expected = { ...OPERATORS, operator: 403 };
/** Administrators are admitted, and there is nothing with this id. */
const OF_NOTHING: Expected = { ...ADMINISTRATORS, admin: 404 };
const CREATING: Expected = { ...ADMINISTRATORS, admin: 201 };
/** The secret of the link is the authorization. */
const WRONG_LINK: Expected = { anonymous: 404, a: 404, b: 404, operator: 404, admin: 404 };

/** An id that no row has. */
const NO_ID: Params = { id: '999999999' };

function attempt(name: AdmittedName, expected: Expected, body?: object, params: Params = NO_ID): readonly [Attempt] {
  const [method = '', path = ''] = name.split(' ');
  return [{ request: (headers) => ask(method, path, { headers, body }), params, expected }];
}

const expected = { version: 1 };
const token = 'no such secret';

/** Attempts at the endpoints of operators, teams, inboxes, presence, invitations and the audit log. */
export const peopleAttempts = {
  'GET /api/v1/audit': attempt('GET /api/v1/audit', ADMINISTRATORS),
  'GET /api/v1/operators': attempt('GET /api/v1/operators', OPERATORS),
  'GET /api/v1/operators/{id}': attempt('GET /api/v1/operators/{id}', OPERATORS, undefined, { id: '1' }),
  'PATCH /api/v1/operators/{id}': attempt('PATCH /api/v1/operators/{id}', OF_NOTHING, { name: 'Eve' }),
  'DELETE /api/v1/operators/{id}': attempt('DELETE /api/v1/operators/{id}', OF_NOTHING),
  'GET /api/v1/teams': attempt('GET /api/v1/teams', OPERATORS),
  'POST /api/v1/teams': attempt('POST /api/v1/teams', CREATING, { name: 'Lamps' }),
  'PATCH /api/v1/teams/{id}': attempt('PATCH /api/v1/teams/{id}', OF_NOTHING, { expected }),
  'DELETE /api/v1/teams/{id}': attempt('DELETE /api/v1/teams/{id}', OF_NOTHING),
  'GET /api/v1/inboxes': attempt('GET /api/v1/inboxes', OPERATORS),
  'POST /api/v1/inboxes': attempt('POST /api/v1/inboxes', CREATING, { name: 'Shop' }),
  'PATCH /api/v1/inboxes/{id}': attempt('PATCH /api/v1/inboxes/{id}', OF_NOTHING, { expected }),
  'DELETE /api/v1/inboxes/{id}': attempt('DELETE /api/v1/inboxes/{id}', OF_NOTHING),
  'GET /api/v1/presence': attempt('GET /api/v1/presence', OPERATORS),
  'POST /api/v1/presence': attempt('POST /api/v1/presence', OPERATORS, {}),
  'POST /api/v1/presence/leave': attempt('POST /api/v1/presence/leave', OPERATORS),
  'GET /api/v1/invitations': attempt('GET /api/v1/invitations', ADMINISTRATORS),
  'POST /api/v1/invitations': attempt('POST /api/v1/invitations', CREATING, { role: 'ADMIN' }),
  'DELETE /api/v1/invitations/{id}': attempt('DELETE /api/v1/invitations/{id}', OF_NOTHING),
  'POST /api/v1/invitations/check': attempt('POST /api/v1/invitations/check', WRONG_LINK, { token }),
  'POST /api/v1/invitations/accept': attempt('POST /api/v1/invitations/accept', WRONG_LINK, {
    token,
    name: 'Eve',
    email: 'eve@lamps.example',
    password: 'correct horse battery',
  }),
} as const satisfies Partial<Record<AdmittedName, readonly [Attempt]>>;
