import type { ConversationContext } from './context.ts';
import { RelayFeed } from './relay-feed.ts';
import { ConversationScreen } from './screen.ts';
import { ConversationSync } from './sync.ts';

/** One conversation, from `new` to `close`. */
export class Conversation {
  /** For views. */
  readonly screen: ConversationScreen;
  /** For events of the relay. */
  readonly feed: RelayFeed;
  /** For catching up with the database and recovering from its loss. */
  readonly sync: ConversationSync;

  constructor(context: ConversationContext) {
    this.sync = new ConversationSync(context, {
      isOpen: () => this.screen.isOpen(),
      onTimeline: (change) => this.screen.takeTimeline(change),
      onPage: (page) => this.screen.takePage(page),
      onStatus: () => this.screen.refresh(),
    });
    this.screen = new ConversationScreen(context, this.sync);
    this.feed = new RelayFeed(context.side, this.sync, this.screen.peerTyping);
    this.sync.start();
  }

  close(): void {
    this.sync.close();
    this.screen.close();
  }
}
