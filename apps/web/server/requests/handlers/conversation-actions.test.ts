import { beforeAll, expect, it } from 'vitest';

import { ask, newOperator, newVisitor, text, useTestServer } from '../../testing/test-server.ts';
import { closeChat, reopenChat, setAssignment, snoozeChat } from './conversation-actions.ts';
import { saveMessages } from './messages.ts';

const server = useTestServer();
type Operator = Awaited<ReturnType<typeof newOperator>>;
let maya: Operator;
let finn: Operator;
beforeAll(async () => {
  [maya, finn] = [await newOperator(server.services), await newOperator(server.services, 'Finn')];
});

async function begun(): Promise<number> {
  const visitor = await newVisitor();
  await saveMessages(ask('POST', '/api/chat/messages', { headers: visitor.headers, body: { messages: [text('Hello?')] } }));
  return visitor.id;
}
async function post(
  handler: typeof closeChat | typeof setAssignment | typeof snoozeChat | typeof reopenChat,
  id: number | string,
  by: Operator,
  body?: object,
) {
  const path = handler.endpoint.replace('POST ', '').replace('{id}', String(id));
  const response = await handler(ask('POST', path, { headers: by.headers, body }), { params: Promise.resolve({ id: String(id) }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it('who takes a chat second learns who has it', async () => {
  const id = await begun();
  const take = (by: Operator) => ({ assigneeId: by.id, expected: { assigneeId: null } });
  expect(await post(setAssignment, id, maya, take(maya))).toEqual({
    status: 200,
    body: { assignee: { id: maya.id, name: 'Maya' }, team: null },
  });
  expect(await post(setAssignment, id, finn, take(finn))).toMatchObject({
    status: 409,
    body: {
      error: {
        code: 'conflict',
        reason: 'taken_by',
        params: { name: 'Maya' },
        current: { assignee: { id: maya.id, name: 'Maya' }, team: null },
      },
    },
  });
});

it('a chat is closed only as it was seen, and reopened', async () => {
  const id = await begun();
  expect(await post(closeChat, id, maya, { expected: { lastSeq: 0 } })).toMatchObject({
    status: 409,
    body: { error: { reason: 'new_message' } },
  });
  const closed = await post(closeChat, id, maya, { expected: { lastSeq: 1 } });
  expect(closed).toMatchObject({ status: 200, body: { doneAt: expect.any(String), waitingSince: null } });
  expect(await post(snoozeChat, id, maya, {})).toMatchObject({ status: 409, body: { error: { reason: 'no_open_chat' } } });
  expect(await post(reopenChat, id, finn)).toMatchObject({ status: 200, body: { doneAt: null, waitingSince: expect.any(String) } });
  expect(await post(snoozeChat, id, finn, {})).toMatchObject({ status: 200, body: { snoozedAt: expect.any(String), snoozedUntil: null } });
});

it('an id that is none is answered like a conversation that does not exist', async () => {
  const missing = await post(closeChat, 99_999_999, maya, {});
  for (const id of ['0', '-1', '1e3', '99999999999', 'x']) expect(await post(closeChat, id, maya, {})).toEqual(missing);
  expect(missing.status).toBe(404);
});

it('an assignment that names neither an operator nor a team is refused', async () => {
  expect(await post(setAssignment, await begun(), maya, { expected: { assigneeId: null } })).toMatchObject({ status: 400 });
});
