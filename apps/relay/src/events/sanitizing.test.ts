import { afterEach, describe, expect, it } from 'vitest';

import { withoutMarkup } from './markup.ts';
import { startRelay, type TestRelay } from '../testing/test-relay.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const relays: TestRelay[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

describe('a relay with SANITIZE_HTML', () => {
  it('relays no markup in any field, in both directions, and only a URL as an image', async () => {
    const relay = await startRelay({}, { sanitize: withoutMarkup });
    relays.push(relay);
    const maya = await relay.operator(1, '<i>Maya</i>');
    const olga = await relay.operator(2, 'Olga');
    const anna = await relay.visitor(ANNA, 'Anna<script>x</script>');
    const evil = '<img src=x onerror=alert(1)>Hi';
    await anna.ask('clientMessage', { type: 'image', message: evil, image: 'x" onerror="alert(1)', name: evil, mimeType: evil });
    await anna.ask('clientMessage', { type: 'image', image: 'https://pictures.example/a.png?x=1&y=2', name: 'a.png' });
    await maya.ask('operatorMessage', { to: ANNA, type: 'text', message: evil });
    await Promise.all([maya.settled(), olga.settled(), anna.settled()]);
    expect(maya.of('newChat')).toMatchObject([{ username: 'Anna' }]);
    expect(maya.of('incomingMessage')).toMatchObject([
      { message: 'Hi', image: null, name: 'Hi', mimeType: 'Hi' },
      { image: 'https://pictures.example/a.png?x=1&y=2', name: 'a.png' },
    ]);
    expect(anna.of('operatorMessage')).toMatchObject([{ message: 'Hi', operatorName: 'Maya' }]);
    expect(olga.of('operatorBroadcast')).toMatchObject([{ message: 'Hi', operatorName: 'Maya' }]);
  });

  it('adds the original where it differs, so that the original is saved', async () => {
    const relay = await startRelay({}, { sanitize: withoutMarkup });
    relays.push(relay);
    const maya = await relay.operator(1, 'Maya <3');
    const olga = await relay.operator(2, 'Olga');
    const [anna, ben] = [await relay.visitor(ANNA, 'Ana <ana@x.example>'), await relay.anonymous('Ben')];
    const typed = ['if (a<b && c>d)', 'email <ana@x.example>', 'I <3 you', 'plain & simple'];
    for (const message of typed) await anna.ask('clientMessage', { type: 'text', message, original: { message: 'forged' } });
    await ben.ask('clientMessage', { type: 'image', image: 'blob:x', name: '<b>.png' });
    await maya.ask('operatorMessage', { to: ANNA, type: 'text', message: '1 < 2' });
    await Promise.all([maya.settled(), olga.settled(), anna.settled()]);
    const asTyped = (payload: Record<string, unknown>): Record<string, unknown> => ({
      ...payload,
      ...(payload['original'] as object | undefined),
    });
    expect(maya.of('incomingMessage').map(({ message }) => message)).toEqual([
      'if (ad)',
      'email ',
      'I &lt;3 you',
      'plain & simple',
      undefined,
    ]);
    expect(maya.of('incomingMessage').map((payload) => asTyped(payload)['message'])).toEqual([...typed, undefined]);
    expect(maya.of('incomingMessage')[3]).not.toHaveProperty('original');
    expect(maya.of('incomingMessage')[4]).toMatchObject({ image: null, name: '.png', original: { image: 'blob:x', name: '<b>.png' } });
    expect(maya.of('newChat')[0]).toMatchObject({ username: 'Ana ', original: { username: 'Ana <ana@x.example>' } });
    expect(anna.of('operatorMessage').map(asTyped)).toMatchObject([{ message: '1 < 2', operatorName: 'Maya <3' }]);
    expect(olga.of('operatorBroadcast').map(asTyped)).toMatchObject([{ message: '1 < 2', operatorName: 'Maya <3' }]);
  });
});
