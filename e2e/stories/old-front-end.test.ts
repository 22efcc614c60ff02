import { once } from 'node:events';

import { io } from 'socket.io-client';
import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage, expectOrder } from '../harness/console-page.ts';
import { rowsOf } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';

const system = inject('system');
const browser = useBrowser();

it('messages of a front-end of the guide, without token or keys, are shown, answered and saved, each once although two consoles receive them', async () => {
  const maya = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const omar = await ConsolePage.signedIn(browser, system, OPERATORS.omar);
  const visitor = io(system.relay, { path: '/chat', transports: ['websocket'] });
  try {
    await once(visitor as never, 'connect');
    visitor.emit('join', { role: 'client', name: 'Olga Example' });
    visitor.emit('clientMessage', { type: 'text', message: 'An old widget says hello' });
    visitor.emit('clientMessage', { type: 'text', message: 'and hello again' });
    await maya.row('Olga Example').waitFor();
    await expect
      .poll(async () => (await rowsOf(system.databaseUrl, 'Olga Example')).map(({ seq, text, senderType }) => [seq, text, senderType]))
      .toEqual([
        [1, 'An old widget says hello', 'CLIENT'],
        [2, 'and hello again', 'CLIENT'],
      ]);
    await maya.openConversation('Olga Example');
    await expectOrder(maya.log(), ['An old widget says hello', 'and hello again']);
    const answer = once(visitor as never, 'operatorMessage');
    await maya.say('Hello to you');
    const [received] = (await answer) as [Record<string, unknown>];
    expect(received).toMatchObject({ type: 'text', message: 'Hello to you', operatorName: 'Maya Lindqvist' });
    expect(Object.keys(received)).not.toContain('id');
    await omar.openConversation('Olga Example');
    await expectOrder(omar.log(), ['An old widget says hello', 'and hello again', 'Hello to you']);
    expect(new Set((await rowsOf(system.databaseUrl, 'Olga Example')).slice(0, 2).map((row) => row.savedById)).has(null)).toBe(false);
  } finally {
    visitor.disconnect();
    await Promise.all([maya.close(), omar.close()]);
  }
});
