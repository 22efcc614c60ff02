import { type ConversationHandle, type VisitorChat, createVisitorChat } from '@switchboard/client';
import { lookAt } from '@switchboard/client/testing';

import type { Send } from '../history/ledger.ts';
import { ViewWatcher } from '../history/view-watcher.ts';
import { Device, type DeviceOptions, type Tab } from './device.ts';

/** One open tab of a visitor. */
export interface VisitorTab {
  readonly tab: Tab;
  readonly chat: VisitorChat;
  readonly watcher: ViewWatcher;
}

/** A visitor: one conversation, any number of tabs on one device. */
export class Visitor {
  readonly name: string;
  readonly device: Device;
  readonly tabs: VisitorTab[] = [];
  /** Killed tabs, whose views are still checked. */
  readonly past: VisitorTab[] = [];
  readonly #relay: string;

  constructor(name: string, relay: string, options: Omit<DeviceOptions, 'name' | 'confinedTo'>) {
    this.name = name;
    this.#relay = relay;
    this.device = new Device({ ...options, name, confinedTo: name });
  }

  /** The handle of the conversation in an open tab. */
  handle(index = 0): ConversationHandle {
    const handle = this.tabs[index]?.chat.conversation;
    if (handle === undefined) throw new Error(`${this.name} has no conversation in tab ${index}.`);
    return handle;
  }

  /** Opens a tab on the existing conversation. */
  open(): VisitorTab {
    const { ledger } = this.device.options;
    const tab = this.device.open();
    const chat = createVisitorChat({ relay: { url: this.#relay, path: '/chat' }, storage: this.device.storage }, tab.effects);
    const watcher = new ViewWatcher(tab.name, 'client', this.name, (text) => ledger.violation(text));
    const opened = { tab, chat, watcher };
    this.tabs.push(opened);
    this.#watch(opened);
    return opened;
  }

  /** Opens the first tab and fills in the form. */
  async start(): Promise<VisitorTab> {
    const opened = this.open();
    await opened.chat.start({ username: this.name });
    const { clientId } = JSON.parse(this.device.storage.getItem('switchboard.session') ?? '{}') as { clientId: number };
    this.device.options.ledger.clients.set(this.name, clientId);
    this.#watch(opened);
    return opened;
  }

  /** Sends from a tab; resolves when the message is in the outbox. */
  async send(index = 0, filler = ''): Promise<Send> {
    const { ledger } = this.device.options;
    const send = ledger.send({ conversation: this.name, senderType: 'CLIENT', operatorId: null, device: this.name }, filler);
    await this.handle(index).sendText(send.text);
    send.keptAt = Date.now();
    return send;
  }

  kill(index = 0): void {
    const [killed] = this.tabs.splice(index, 1);
    if (killed === undefined) return;
    killed.tab.kill();
    killed.chat.close();
    killed.watcher.setVisible(false, Date.now());
    this.past.push(killed);
  }

  close(): void {
    while (this.tabs.length > 0) this.kill();
  }

  #watch({ tab, chat, watcher }: VisitorTab): void {
    const handle = chat.conversation;
    if (handle === undefined) return;
    lookAt(handle);
    watcher.setVisible(true, Date.now());
    watcher.follow(handle, () => tab.isAlive());
  }
}
