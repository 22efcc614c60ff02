import fc from 'fast-check';
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';
import { expect, it } from 'vitest';

import { decodePacket, encodePacket, textParser } from './parser.ts';

/** What Socket.IO's own parser makes of a text; undefined when it throws, or waits for bytes to follow. */
function theirs(text: string): Packet | undefined {
  const decoder = new Decoder();
  let decoded: Packet | undefined;
  decoder.on('decoded', (packet: Packet) => (decoded = packet));
  try {
    decoder.add(text);
  } catch {
    return undefined;
  }
  return decoded;
}

function ours(text: string): Packet | undefined {
  try {
    return decodePacket(text);
  } catch {
    return undefined;
  }
}

const texts = fc.oneof(
  // Anything, anything that begins like a packet, and nearly right ones.
  fc.string({ unit: 'binary' }),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.string()).map(([type, rest]) => `${type}${rest}`),
  fc
    .tuple(
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom('', '/', '/admin,', '/admin', '/,', ','),
      fc.constantFrom('', '0', '7', '12', '007', '123456789012345'),
      fc.oneof(fc.json(), fc.constantFrom('', '[]', '["e"]', '["disconnect"]', '[1]', '[null]', '{}', '{"a":1}', '"x"', 'null', '[', '{')),
    )
    .map((parts) => parts.join('')),
);

const packets = fc.record(
  {
    type: fc.constantFrom(PacketType.EVENT, PacketType.ACK),
    nsp: fc.constantFrom('/', '/admin'),
    id: fc.nat(),
    data: fc.array(fc.jsonValue()),
  },
  { requiredKeys: ['type', 'nsp', 'data'] },
);

it('decodes only packets that Socket.IO decodes, with the same result', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const packet = ours(text);
      expect(packet).toEqual(packet === undefined ? undefined : theirs(text));
    }),
    { numRuns: 5_000 },
  );
});

it('decodes every event and acknowledgement that Socket.IO encodes', () => {
  const event = fc.tuple(packets, fc.string()).map(([packet, name]) => Object.assign(packet, { data: [name, ...packet.data] }));
  fc.assert(
    fc.property(event, (packet) => {
      const [text] = new Encoder().encode(packet) as [string];
      expect(ours(text)).toEqual(theirs(text));
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  ['2["clientMessage",{"message":"Hello"}]', { type: 2, nsp: '/', data: ['clientMessage', { message: 'Hello' }] }],
  ['217["clientMessage"]', { type: 2, nsp: '/', id: 17, data: ['clientMessage'] }],
  ['0{"token":"t"}', { type: 0, nsp: '/', data: { token: 't' } }],
  ['0', { type: 0, nsp: '/' }],
  ['1', { type: 1, nsp: '/' }],
  ['0/admin,', { type: 0, nsp: '/admin' }],
  ['3/admin,2[true]', { type: 3, nsp: '/admin', id: 2, data: [true] }],
])('reads %s', (text, packet) => {
  expect(decodePacket(text)).toEqual(packet);
  expect(theirs(text)).toEqual(packet);
});

it.each([
  '',
  'x',
  '7["e"]',
  '51-["e",{"_placeholder":true,"num":0}]',
  '61-[]',
  '2{}',
  '2["connect"]',
  '2["e"',
  '2"e"',
  `2${'1'.repeat(16)}["e"]`,
])('refuses %s', (text) => {
  expect(() => decodePacket(text)).toThrow(/broken packet|JSON/);
});

it('encodes packets like Socket.IO', () => {
  fc.assert(
    fc.property(packets, (packet) => {
      expect([encodePacket(packet)]).toEqual(new Encoder().encode(packet));
    }),
  );
});

it('remembers the size of large events, and refuses binary data', () => {
  const { parser, bytesOf } = textParser();
  const decoder = new parser.Decoder();
  const decoded: Packet[] = [];
  decoder.on('decoded', (packet: Packet) => void decoded.push(packet));
  decoder.add('2["small"]');
  decoder.add(`2["large","${'ä'.repeat(5_000)}"]`);
  expect(decoded.map((packet) => bytesOf(packet.data as object))).toEqual([0, 10_000 + '2["large",""]'.length]);
  expect(() => decoder.add(Buffer.from('bytes'))).toThrow('binary packets are not supported');
});
