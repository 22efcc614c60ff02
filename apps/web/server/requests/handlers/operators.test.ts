import { expect, it } from 'vitest';

import { ask, newOperator, PASSWORD, useTestServer, type Person } from '../../testing/test-server.ts';
import { authRoute } from '../auth-route.ts';
import { readAudit } from './audit.ts';
import { deleteOperator, getOperator, getOperators, patchOperator } from './operators.ts';

const server = useTestServer();

const at = (id: number | string) => ({ params: Promise.resolve({ id: String(id) }) });
const patch = async (who: Person, id: number | string, body: object) =>
  await patchOperator(ask('PATCH', `/api/v1/operators/${id}`, { headers: who.headers, body }), at(id));
const remove = async (who: Person, id: number) =>
  await deleteOperator(ask('DELETE', `/api/v1/operators/${id}`, { headers: who.headers }), at(id));
const read = async (who: Person, id: number) => await getOperator(ask('GET', `/api/v1/operators/${id}`, { headers: who.headers }), at(id));

it('operators change their own names, administrators everything, and the answer is the operator as they are now', async () => {
  const [admin, maya] = [await newOperator(server.services, 'Grace', 'ADMIN'), await newOperator(server.services, 'Maya')];
  expect(await (await patch(maya, maya.id, { displayName: 'Maya from Lamps' })).json()).toMatchObject({
    name: 'Maya',
    displayName: 'Maya from Lamps',
  });
  expect((await patch(maya, maya.id, { role: 'ADMIN' })).status).toBe(403);
  expect(await (await patch(admin, maya.id, { role: 'SUPERVISOR' })).json()).toMatchObject({ role: 'SUPERVISOR', email: maya.email });
  expect((await patch(admin, maya.id, { name: ' ' })).status).toBe(400);
  for (const id of ['x', '0', '01', '-1', '99999999999', '999999']) expect((await patch(admin, id, { name: 'Eve' })).status).toBe(404);
});

it('a removed operator’s session ends at once, and they cannot sign in', async () => {
  const [admin, maya] = [await newOperator(server.services, 'Grace', 'ADMIN'), await newOperator(server.services, 'Maya')];
  expect((await remove(admin, maya.id)).status).toBe(200);
  expect((await getOperators(ask('GET', '/api/v1/operators', { headers: maya.headers }))).status).toBe(401);
  const signIn = ask('POST', '/api/auth/sign-in/email', {
    headers: { origin: maya.headers['origin'] ?? '' },
    body: { email: maya.email, password: PASSWORD },
  });
  expect((await authRoute(signIn)).status).toBe(401);
  expect(await (await read(admin, maya.id)).json()).toMatchObject({ name: 'Maya', maySignIn: false, sessions: 0 });
  const { items } = (await (await readAudit(ask('GET', '/api/v1/audit?limit=1', { headers: admin.headers }))).json()) as {
    items: object[];
  };
  expect(items).toMatchObject([{ action: 'operator.removed', subject: `operator:${maya.id}`, actor: { id: admin.id } }]);
});

it('the last administrator stays, with a sentence', async () => {
  await server.services.db.prisma.user.updateMany({ data: { role: 'OPERATOR' } });
  const admin = await newOperator(server.services, 'Grace', 'ADMIN');
  for (const response of [await remove(admin, admin.id), await patch(admin, admin.id, { role: 'OPERATOR' })]) {
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: 'conflict', reason: 'last_administrator' } });
  }
});
