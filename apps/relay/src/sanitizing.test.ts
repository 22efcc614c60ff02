import { afterEach, describe, expect, it } from 'vitest';

import { loadSanitizer } from './sanitizing.ts';
import { startRelay, type TestRelay } from './testing/test-relay.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const relays: TestRelay[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

describe('a text without its markup', () => {
  it.each([
    ['what people write stays', 'Tom & Jerry, 2 > 1? "yes", it\'s ü 漢 🙂', 'Tom & Jerry, 2 &gt; 1? "yes", it\'s ü 漢 🙂'],
    ['tags go, their text stays', 'a <b>bold</b> <a href="javascript:x()">link</a>', 'a bold link'],
    ['scripts go with what is in them', 'a<script>alert(1)</script>b<style>*{}</style>', 'ab'],
    ['handlers go', '<img src=x onerror=alert(1)>Hi', 'Hi'],
    ['drawings go', '<svg><animate onbegin=alert(1)></svg>Hi', 'Hi'],
    ['what was written out stays written out', '&lt;img src=x onerror=alert(1)&gt;', '&lt;img src=x onerror=alert(1)&gt;'],
    ['twice written out, too', '&amp;lt;script&amp;gt;', '&lt;script&gt;'],
    ['half a tag is none', 'a <img src=x onerror=alert(1) ', 'a '],
    ['a smaller-than sign that is no tag is written out', '1 < 2', '1 &lt; 2'],
  ])('%s', async (_what, text, expected) => {
    expect((await loadSanitizer())(text)).toBe(expected);
  });
});

describe('a relay that is told to', () => {
  it('relays no markup in any field, both ways, and nothing but an address as an image', async () => {
    const relay = await startRelay({}, { sanitize: await loadSanitizer() });
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
});
