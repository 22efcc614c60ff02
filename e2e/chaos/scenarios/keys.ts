import { randomUUID } from 'node:crypto';

import { io, type Socket } from 'socket.io-client';

import type { Visitor } from '../clients/visitor.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const SAVES = '/api/chat/messages';

/** A program that a visitor runs beside the widget with the tokens of their own conversation. It sends any text under any key. */
class Program {
  readonly #world: World;
  readonly #visitor: Visitor;
  readonly #token: string;
  readonly #socket: Socket;

  constructor(world: World, visitor: Visitor) {
    const { token } = JSON.parse(visitor.device.storage.getItem('switchboard.session') ?? '{}') as { token: string };
    this.#world = world;
    this.#visitor = visitor;
    this.#token = token;
    const options = { path: '/chat', transports: ['websocket'], forceNew: true, reconnection: false, auth: { token } };
    this.#socket = io(world.addresses.relay, options);
  }

  /** @param onKey called with each key of an operator, as soon as the relay delivers it */
  async join(onKey: (key: string) => void): Promise<void> {
    this.#socket.on('operatorMessage', ({ messageKey }: { messageKey?: string }) => messageKey !== undefined && onKey(messageKey));
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('connect_error', reject);
    });
    await this.#socket.emitWithAck('join', { role: 'client', name: this.#visitor.name });
  }

  /** Sends a text under a key, over the relay and to the database at the same time. `isFirst`: the key is new on the visitor's side, so the text must be kept. */
  async say(messageKey: string, isFirst: boolean): Promise<void> {
    const { ledger, addresses } = this.#world;
    const send = ledger.send({
      conversation: this.#visitor.name,
      senderType: 'CLIENT',
      operatorId: null,
      device: `program ${randomUUID()}`,
    });
    if (isFirst) this.#socket.emit('clientMessage', { type: 'text', message: send.text, messageKey });
    const attempt = ledger.attempt(send.device, [{ messageKey: messageKey.toLowerCase(), senderType: 'CLIENT', text: send.text }]);
    const response = await fetch(addresses.web + SAVES, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, origin: addresses.web, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ messageKey, messageType: 'TEXT', text: send.text }] }),
    });
    const answer = (await response.json()) as { messages?: { messageKey: string; id: number; seq: number }[] };
    Object.assign(attempt, { until: Date.now(), outcome: response.ok ? 'ok' : 'refused', answers: answer.messages ?? [] });
    if (isFirst && !response.ok) ledger.violation(`a key that is new on the visitor's side was refused: ${JSON.stringify(answer)}`);
    if (isFirst && response.ok) send.keptAt = Date.now();
  }

  close(): void {
    this.#socket.disconnect();
  }
}

export const hostileKeys: Scenario = {
  name: 'hostile-keys',
  title:
    "a visitor plays with keys: uses operators' as soon as they are heard, other visitors', their own again, and all of them in capitals",
  requirements: { hit: false, unknown: false },
  async play(world) {
    await world.connectPeople(2, 2);
    const [visitor, other] = world.visitors;
    if (visitor === undefined || other === undefined) throw new Error('The scenario has too few people.');
    for (const operator of world.operators) operator.look(visitor.name);
    const program = new Program(world, visitor);
    const playing: Promise<void>[] = [];
    const used: string[] = [];
    /** Keys under which a message of the visitor is saved. */
    const taken: string[] = [];
    await program.join((key) => {
      if (used.includes(key)) return;
      used.push(key);
      playing.push(program.say(world.random() < 0.5 ? key : key.toUpperCase(), true).then(() => void taken.push(key)));
    });
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(world.operators.map(async (operator) => await operator.send(visitor.name)));
      await other.send();
      // The relay delivers five messages of one sender in a second. Further messages are only saved, and the program would not receive their keys.
      await world.pause(world.random.whole(230, 350));
      const own = taken[Math.floor(world.random() * taken.length)];
      if (own !== undefined) await program.say(own.toUpperCase(), false);
    }
    // Not all of them: messages that exceed the relay's rate limit reach the widget from the database only.
    await world.until('the program has heard both operators', () => used.length >= 2 * world.operators.length, 40_000);
    const keysOfOther = world.ledger.attempts.filter(({ device }) => device === other.name).flatMap(({ asked }) => asked);
    for (const { messageKey } of keysOfOther.slice(0, 4)) playing.push(program.say(messageKey, true));
    await Promise.all(playing);
    program.close();
    world.figures['keysUsedAgain'] = used.length;
  },
};
