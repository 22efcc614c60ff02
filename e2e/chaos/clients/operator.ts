import { type OperatorChat, createOperatorChat } from '@switchboard/client';
import { lookAt } from '@switchboard/client/testing';

import type { Send } from '../history/ledger.ts';
import { ViewWatcher } from '../history/view-watcher.ts';
import type { OperatorAccount } from '../stack/control.ts';
import { Device, type DeviceOptions, type Tab } from './device.ts';

/** An operator with one open console. */
export class Operator {
  readonly account: OperatorAccount;
  readonly name: string;
  readonly device: Device;
  readonly watchers = new Map<string, ViewWatcher>();
  /** Watchers of consoles that were killed. */
  readonly past: ViewWatcher[] = [];
  readonly #relay: string;
  #tab: Tab | undefined;
  #chat: OperatorChat | undefined;
  #visible: string | undefined;
  #lookAway = () => undefined as void;

  /** @param shared the browser that this operator shares with others; by default their own */
  constructor(account: OperatorAccount, relay: string, options: Omit<DeviceOptions, 'name' | 'cookie'>, shared?: Device) {
    this.account = account;
    this.#relay = relay;
    this.name = account.name.split(' ')[0] ?? account.name;
    this.device = shared ?? new Device({ ...options, name: this.name, cookie: account.cookie });
  }

  get chat(): OperatorChat {
    if (this.#chat === undefined) throw new Error(`${this.account.name} has no open console.`);
    return this.#chat;
  }

  get tab(): Tab {
    if (this.#tab === undefined) throw new Error(`${this.account.name} has no open console.`);
    return this.#tab;
  }

  isOpen(): boolean {
    return this.#tab?.isAlive() ?? false;
  }

  /** Opens a console that keeps these conversations, or all. */
  open(keep: Iterable<string> = this.device.options.ledger.clients.keys()): void {
    const tab = this.device.open();
    const { id, name } = this.account;
    this.#tab = tab;
    this.#chat = createOperatorChat(
      {
        relay: { url: this.#relay, path: '/chat' },
        operator: { id, name },
      },
      tab.effects,
    );
    for (const conversation of keep) this.hold(conversation);
  }

  /** Keeps a conversation in the console. */
  hold(conversation: string): void {
    if (this.watchers.has(conversation) || !this.isOpen()) return;
    const { ledger } = this.device.options;
    const handle = this.chat.conversation(ledger.clients.get(conversation) ?? 0);
    const tab = this.tab;
    const watcher = new ViewWatcher(tab.name, 'operator', conversation, (text) => ledger.violation(text));
    this.watchers.set(conversation, watcher);
    watcher.follow(handle, () => tab.isAlive());
  }

  /** Opens one conversation and leaves the one before. */
  look(conversation: string): void {
    if (this.#visible === conversation || !this.isOpen()) return;
    const at = Date.now();
    this.watchers.get(this.#visible ?? '')?.setVisible(false, at);
    this.#lookAway();
    this.#visible = conversation;
    this.watchers.get(conversation)?.setVisible(true, at);
    const clientId = this.device.options.ledger.clients.get(conversation);
    this.#lookAway = clientId === undefined ? () => undefined : lookAt(this.chat.conversation(clientId));
  }

  /** Answers a visitor; resolves when the message is in the outbox. */
  async send(conversation: string, filler = ''): Promise<Send> {
    const { ledger } = this.device.options;
    const send = ledger.send({ conversation, senderType: 'OPERATOR', operatorId: this.account.id, device: this.name }, filler);
    await this.chat.conversation(ledger.clients.get(conversation) ?? 0).sendText(send.text);
    send.keptAt = Date.now();
    return send;
  }

  kill(): void {
    if (this.#tab === undefined) return;
    this.#tab.kill();
    this.#chat?.close();
    for (const watcher of this.watchers.values()) {
      watcher.setVisible(false, Date.now());
      this.past.push(watcher);
    }
    this.watchers.clear();
    this.#visible = undefined;
    this.#lookAway = () => undefined;
  }
}
