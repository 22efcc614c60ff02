import type { ConversationContext } from './context.ts';
import { RelayFeed } from './relay-feed.ts';
import { ConversationScreen } from './screen.ts';
import { ConversationSync } from './sync.ts';

/** One conversation: keeps it up to date until `close`. */
export class Conversation {
  /** The part that views use. */
  readonly screen: ConversationScreen;
  /** The part that receives relay events. */
  readonly feed: RelayFeed;
  /** The part that catches up with the database and resends what a restored backup has lost. */
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
