import type { Locator } from 'playwright-core';
import { expect, inject, it } from 'vitest';

import { ConsolePage } from '../harness/console-page.ts';
import { png } from '../harness/image.ts';
import { OPERATORS } from '../harness/operators.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

/** Drops a picture or a text on the element; returns whether the browser's default action was prevented, for dragging and for dropping. */
async function drop(target: Locator, what: { readonly picture: Buffer } | { readonly text: string }): Promise<boolean[]> {
  const given = 'picture' in what ? { base64: what.picture.toString('base64'), text: '' } : { base64: '', text: what.text };
  return await target.evaluate(async (element, { base64, text }) => {
    const dataTransfer = new DataTransfer();
    if (base64 === '') dataTransfer.setData('text/plain', text);
    else {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
      dataTransfer.items.add(new File([bytes], 'lamp.png', { type: 'image/png' }));
    }
    return ['dragover', 'drop'].map((name) => {
      const event = new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true, composed: true });
      element.dispatchEvent(event);
      return event.defaultPrevented;
    });
  }, given);
}

const KEPT_OUT = [true, true];

it('the frame accepts or refuses whatever is dropped on it, and the browser never opens it', async () => {
  const picture = png(30, 20, [200, 100, 0]);
  const widget = await WidgetPage.open(browser, system.host);
  const frame = widget.frame();
  await widget.openChat();
  const name = frame.getByLabel('Name', { exact: true });
  await name.waitFor();
  for (const place of [frame.getByRole('heading', { name: 'Chat with us' }), name, frame.locator('body')])
    expect(await drop(place, { picture })).toEqual(KEPT_OUT);
  await frame.getByText('Start the chat first. Then you can attach pictures.').waitFor();
  // A text may be dropped into a field only, because the browser would follow a link.
  expect(await drop(name, { text: 'https://lamps.example/' })).toEqual([false, false]);
  expect(await drop(frame.locator('body'), { text: 'https://lamps.example/' })).toEqual(KEPT_OUT);

  await widget.start('Dropsy Example');
  expect(await drop(frame.getByRole('heading', { name: 'Chat with us' }), { picture })).toEqual(KEPT_OUT);
  await frame.getByRole('list', { name: 'Pictures to send' }).getByText('lamp.png').waitFor();

  await widget.say('So that you know me');
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  await operator.openConversation('Dropsy Example');
  await operator.page.evaluate(async () => {
    const { chats } = (await (await fetch('/api/chat/recent')).json()) as { chats: { client: { id: number; username: string } }[] };
    const clientId = chats.find(({ client }) => client.username === 'Dropsy Example')?.client.id;
    await fetch('/api/chat/block', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ clientId, blocked: true }),
    });
  });
  await frame.getByText('This chat was closed by the team.').waitFor();
  expect(await drop(frame.locator('body'), { picture })).toEqual(KEPT_OUT);
  await Promise.all([widget.close(), operator.close()]);
});
