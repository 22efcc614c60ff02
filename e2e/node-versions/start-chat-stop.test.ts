import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import { io, type Socket } from 'socket.io-client';
import { beforeAll, describe, expect, it } from 'vitest';

import { installNodeVersions, listNodeVersions } from './install.ts';
import { png } from '../harness/image.ts';
import { OPERATORS, signIn } from '../harness/operators.ts';
import { startSystem, type System } from '../harness/system.ts';

type Headers = Readonly<Record<string, string>>;

/** Calls the HTTP API and resolves with the body of a successful answer. */
async function post<T>(url: string, body: object, headers: Headers): Promise<T> {
  const isForm = body instanceof FormData;
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...(isForm ? {} : { 'content-type': 'application/json' }), ...headers },
    body: isForm ? body : JSON.stringify(body),
  });
  expect(response.ok, `${url}: ${response.status} ${await response.clone().text()}`).toBe(true);
  return (await response.json()) as T;
}

/** Connects to the relay with a fresh token and joins. */
async function join(system: System, role: 'client' | 'operator', headers: Headers): Promise<Socket> {
  const { token } = await post<{ token: string }>(`${system.web}/api/chat/token`, {}, headers);
  const socket = io(system.relay, { path: '/chat', transports: ['websocket'], auth: { token } });
  await once(socket as never, 'connect');
  await socket.emitWithAck('join', { role });
  return socket;
}

/** A visitor asks with an image, an operator answers, and the database has both messages. This uses the native modules: passwords, images, PostgreSQL. */
async function chat(system: System): Promise<void> {
  const { email, name, password } = OPERATORS.maya;
  await system.command('operator', 'create', '--email', email, '--name', name, '--password', password);
  const cookies = await signIn(system.web, OPERATORS.maya);
  const asOperator = { cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; '), origin: system.web };
  const session = { username: 'Vera Example' };
  const { token, clientId, sessionId } = await post<{ token: string; clientId: number; sessionId: string }>(
    `${system.web}/api/chat/sessions`,
    session,
    { origin: system.web },
  );
  const asVisitor = { authorization: `Bearer ${token}` };
  const visitor = await join(system, 'client', asVisitor);
  const operator = await join(system, 'operator', asOperator);
  try {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(png(8, 8, [200, 40, 40]))], { type: 'image/png' }), 'lamp.png');
    const { imageUrl } = await post<{ imageUrl: string }>(`${system.web}/api/chat/uploads`, form, asVisitor);
    const question = { messageKey: randomUUID(), messageType: 'IMAGE', imageUrl };
    await post(`${system.web}/api/chat/messages`, { messages: [question] }, asVisitor);

    const answer = once(visitor as never, 'operatorMessage');
    const messageKey = randomUUID();
    operator.emit('operatorMessage', { to: sessionId, type: 'text', message: 'A lamp', messageKey });
    expect(await answer).toMatchObject([{ message: 'A lamp', operatorName: name }]);
    const reply = { messageKey, messageType: 'TEXT', text: 'A lamp', clientId };
    await post(`${system.web}/api/chat/messages`, { messages: [reply] }, asOperator);

    const history = await fetch(`${system.web}/api/chat/messages`, { headers: asVisitor });
    expect(await history.json()).toMatchObject({ messages: [{ seq: 1 }, { seq: 2, text: 'A lamp' }], lastSeq: 2 });
  } finally {
    visitor.disconnect();
    operator.disconnect();
  }
}

const versions = await listNodeVersions();

describe('on each supported version of Node', () => {
  beforeAll(async () => await installNodeVersions());

  it.each(versions)('Switchboard starts, carries a chat and stops: Node $version', async ({ program }) => {
    const system = await startSystem(program);
    try {
      await chat(system);
    } finally {
      expect(await system.stop()).toBe(0);
    }
  });
});

it('the tested versions are the oldest supported one and two newer majors', () => {
  expect(versions.map(({ version }) => version.split('.')[0])).toEqual(['20', '22', '24']);
  expect(versions[0]?.version).toMatch(/^20\.19\./);
});
