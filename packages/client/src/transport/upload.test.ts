import { afterEach, beforeEach, expect, it } from 'vitest';

import { closeServers, eventually, newBrowser, openServers, server, startVisitor } from '../testing/open-chats.ts';

beforeEach(openServers);
afterEach(closeServers);

it('a picture whose answer was lost is uploaded again under the key of its message, so that the server finds the first upload', async () => {
  const { chat } = await startVisitor(newBrowser());
  const uploads = () => server.requests.filter(({ path }) => path === '/api/chat/uploads');
  server.fault = ({ path }) => (path === '/api/chat/uploads' && uploads().length === 1 ? 'lose-answer' : undefined);
  await chat.conversation!.sendImage(new Blob(['x'], { type: 'image/png' }), 'a.png');
  await eventually(() => expect(server.clients.get(1)?.rows).toHaveLength(1));
  const key = server.clients.get(1)?.rows[0]?.messageKey;
  expect(key).toBeDefined();
  expect(uploads().map(({ body }) => body['uploadKey'])).toEqual([key, key]);
});
