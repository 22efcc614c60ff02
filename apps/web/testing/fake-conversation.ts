import {
  type ConversationHandle,
  type ConversationSnapshot,
  type ImageDetails,
  type LogView,
  type TimelineImage,
  type TimelineMessage,
  messageId,
} from '@switchboard/client';
import { ChatError } from '@switchboard/protocol/errors';

const EMPTY: ConversationSnapshot = {
  messages: [],
  history: 'ready',
  hasOlder: false,
  loadingOlder: false,
  peerTyping: null,
  endedAt: null,
  blocked: false,
  opened: true,
  firstUnreadKey: null,
  unread: [],
};

interface Said {
  readonly text?: string | null;
  readonly image?: TimelineImage | null;
}

/** A message with everything a test does not care about filled in. */
export function messageOf({
  text = null,
  image = null,
  ...more
}: Partial<TimelineMessage> & Pick<TimelineMessage, 'key'> & Said): TimelineMessage {
  return {
    senderType: 'CLIENT',
    own: false,
    operatorId: null,
    operatorName: null,
    body: image === null ? { type: 'text', text: text ?? '' } : { type: 'image', image, text },
    createdAt: new Date().toISOString(),
    seq: null,
    status: null,
    failure: null,
    uploadProgress: null,
    ...more,
  };
}

/** A conversation without a network: what is asked of it is noted, what it shows is set from outside. */
export class FakeConversation implements ConversationHandle {
  readonly maxImageBytes = 1024 * 1024;
  readonly asked: string[] = [];
  /** Pages that `loadOlder` hands out, newest page first. */
  olderPages: TimelineMessage[][] = [];
  /** `sendText` waits for `letThrough`, or for the other way to end, while this is set. */
  held = false;
  refusal: ChatError | undefined;
  /** What the log shows. */
  view: LogView = { inView: [], outOfView: [], following: true };
  private visible = false;
  private snapshot = EMPTY;
  private readonly listeners = new Set<() => void>();
  private waiting: (() => void)[] = [];
  private count = 0;

  getSnapshot(): ConversationSnapshot {
    return this.snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(change: Partial<ConversationSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }

  add(...messages: TimelineMessage[]): void {
    const { messages: before, unread } = this.snapshot;
    const peers = messages.filter(({ senderType }) => senderType === 'CLIENT').map(messageId);
    this.set({ messages: [...before, ...messages], unread: [...unread, ...peers] });
  }

  change(key: string, change: Partial<TimelineMessage>): void {
    this.set({ messages: this.snapshot.messages.map((message) => (message.key === key ? { ...message, ...change } : message)) });
  }

  letThrough(): void {
    this.held = false;
    for (const go of this.waiting) go();
    this.waiting = [];
  }

  async sendText(text: string): Promise<void> {
    this.asked.push(`send ${text}`);
    if (this.held) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.refusal !== undefined) throw this.refusal;
    this.count += 1;
    this.add(messageOf({ key: `own ${this.count}`, senderType: 'OPERATOR', own: true, operatorId: 1, text, status: 'sending' }));
  }

  async sendImage(file: Blob, name: string, { text, width, height }: ImageDetails = {}): Promise<void> {
    this.asked.push(`image ${name} ${file.type} ${width}×${height} ${text ?? ''}`.trim());
    await Promise.resolve();
    if (this.refusal !== undefined) throw this.refusal;
  }

  retry({ key }: { readonly key: string }): void {
    this.asked.push(`retry ${key}`);
    this.change(key, { status: 'sending', failure: null });
  }

  async discard({ key }: { readonly key: string }): Promise<void> {
    this.asked.push(`discard ${key}`);
    await Promise.resolve();
    this.set({ messages: this.snapshot.messages.filter((message) => message.key !== key) });
  }

  renewPicture({ key }: { readonly key: string }): void {
    this.asked.push(`renew ${key}`);
  }

  setTyping(isTyping: boolean): void {
    this.asked.push(`typing ${isTyping}`);
  }

  setOpen(open: boolean): void {
    this.asked.push(`open ${open}`);
  }

  setVisible(visible: boolean): void {
    this.asked.push(`visible ${visible}`);
    this.visible = visible;
    this.read();
  }

  setView(view: LogView): void {
    this.view = view;
    this.read();
  }

  /** What is in view is read, here without a second's wait. */
  private read(): void {
    const unread = this.visible ? this.snapshot.unread.filter((id) => !this.view.inView.includes(id)) : this.snapshot.unread;
    if (unread.length < this.snapshot.unread.length) this.set({ unread });
  }

  async loadOlder(): Promise<void> {
    this.asked.push('older');
    this.set({ loadingOlder: true });
    await new Promise((resolve) => setTimeout(resolve, 0));
    const page = this.olderPages.shift();
    if (page === undefined) {
      this.set({ loadingOlder: false });
      throw new ChatError('unavailable', 'The database is away.');
    }
    this.set({ loadingOlder: false, hasOlder: this.olderPages.length > 0, messages: [...page, ...this.snapshot.messages] });
  }
}
