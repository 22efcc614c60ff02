import type { ConversationHandle, MessageStatus, TimelineMessage } from '@switchboard/client';

import { conversationOf, sideKeyOf } from './ledger.ts';

const RANK: Readonly<Record<MessageStatus, number>> = { failed: 0, sending: 0, sent: 1, delivered: 2, read: 3 };

const identityOf = ({ key, senderType }: TimelineMessage) => sideKeyOf({ messageKey: key, senderType });

/** Observes every state that one tab shows of one conversation, and records violations. */
export class ViewWatcher {
  readonly tab: string;
  readonly side: 'client' | 'operator';
  readonly conversation: string;
  /** Text → when it was first shown here. */
  readonly firstSeen = new Map<string, number>();
  /** Text of a message of this side → when each tick was first shown. */
  readonly ticks = new Map<string, Partial<Record<MessageStatus, number>>>();
  /** The periods in which a person could see the end of the conversation (`until` null: still). */
  readonly visible: { readonly at: number; until: number | null }[] = [];
  messages: readonly TimelineMessage[] = [];
  hasOlder = false;
  readonly #complain: (text: string) => void;
  #rewound = false;
  #saved: readonly string[] = [];

  constructor(tab: string, side: 'client' | 'operator', conversation: string, complain: (text: string) => void) {
    this.tab = tab;
    this.side = side;
    this.conversation = conversation;
    this.#complain = (text) => complain(`${tab} on ${conversation}: ${text}`);
  }

  setVisible(visible: boolean, at: number): void {
    const last = this.visible.at(-1);
    if (visible && (last === undefined || last.until !== null)) this.visible.push({ at, until: null });
    if (!visible && last !== undefined) last.until ??= at;
  }

  /** Observes a conversation now and after every change, while its tab is open. */
  follow(handle: ConversationHandle, isAlive: () => boolean): void {
    const look = () => {
      if (!isAlive()) return;
      const { messages, hasOlder } = handle.getSnapshot();
      this.observe(messages, hasOlder, Date.now());
    };
    handle.subscribe(look);
    look();
  }

  observe(messages: readonly TimelineMessage[], hasOlder: boolean, at: number): void {
    this.#checkContents(messages);
    this.#checkOrder(messages);
    for (const message of messages) this.#note(message, at);
    this.messages = messages;
    this.hasOlder = hasOlder;
  }

  /** Call it when a backup is restored: from then on saved messages may vanish, and ticks may go back. */
  rewind(): void {
    this.#rewound = true;
  }

  /** Whether a person can see it now, and could see it when it was first shown or later. */
  sawWhileVisible(text: string, until: number): boolean {
    const seen = this.firstSeen.get(text);
    return seen !== undefined && this.visible.some((span) => Math.max(span.at, seen) <= Math.min(until, span.until ?? until));
  }

  #checkContents(messages: readonly TimelineMessage[]): void {
    const keys = new Set<string>();
    const texts = new Set<string>();
    for (const message of messages) {
      const { key } = message;
      const text = message.body.text;
      if (keys.has(identityOf(message))) this.#complain(`shows the key ${key} twice`);
      keys.add(identityOf(message));
      if (text === null) continue;
      if (texts.has(text)) this.#complain(`shows "${text.slice(0, 40)}" twice`);
      texts.add(text);
      if (conversationOf(text) !== this.conversation) this.#complain(`shows the text of another conversation: "${text.slice(0, 40)}"`);
    }
  }

  /** Checks that messages shown as saved stay, in the same order. */
  #checkOrder(messages: readonly TimelineMessage[]): void {
    const saved = messages.filter((message) => message.seq !== null).map(identityOf);
    const now = new Set(saved);
    for (const key of this.#saved) if (!now.has(key) && !this.#rewound) this.#complain(`the saved message ${key} has vanished`);
    // Pages are loaded again, the newest first.
    const before = this.#rewound ? new Set<string>() : new Set(this.#saved);
    const still = saved.filter((key) => before.has(key));
    if (still.some((key, index) => key !== this.#saved[index])) this.#complain('saved messages have changed places');
    this.#saved = saved;
  }

  #note({ body, own, status }: TimelineMessage, at: number): void {
    const text = body.text;
    if (text === null) return;
    if (!this.firstSeen.has(text)) this.firstSeen.set(text, at);
    if (!own || status === null) return;
    const ticks = this.ticks.get(text) ?? {};
    const highest = Math.max(0, ...Object.keys(ticks).map((known) => RANK[known as MessageStatus]));
    if (RANK[status] < highest && !this.#rewound) this.#complain(`"${text.slice(0, 40)}" went back to ${status}`);
    ticks[status] ??= at;
    this.ticks.set(text, ticks);
  }
}
