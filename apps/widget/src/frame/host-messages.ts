import { readFromLoader, type FromFrame, type FromLoader } from '../messages.ts';

/** The line to the host page's loader: to its origin only, and from its window and origin only. */
export interface HostMessages {
  tell(message: FromFrame): void;
  /** Returns how to stop listening. */
  onMessage(listener: (message: FromLoader) => void): () => void;
}

export function createHostMessages(origin: string): HostMessages {
  return {
    tell(message) {
      if (window.parent === window) return;
      try {
        window.parent.postMessage(message, origin);
      } catch {
        // Not an origin that this browser can speak to: the loader says that the chat can't be loaded.
      }
    },
    onMessage(listener) {
      const receive = (event: MessageEvent) => {
        if (event.source !== window.parent || event.origin !== origin) return;
        const message = readFromLoader(event.data);
        if (message !== undefined) listener(message);
      };
      window.addEventListener('message', receive);
      return () => window.removeEventListener('message', receive);
    },
  };
}
