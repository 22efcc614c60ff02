import { readFromLoader, type FromFrame, type FromLoader } from '../messages.ts';

/** Messages to and from the host page's loader: sent to its origin only, and accepted only from its window and origin. */
export interface HostMessages {
  send(message: FromFrame): void;
  /** Returns a function that unsubscribes. */
  onMessage(listener: (message: FromLoader) => void): () => void;
}

/** @param origin the host page's origin */
export function createHostMessages(origin: string): HostMessages {
  return {
    send(message) {
      if (window.parent === window) return;
      try {
        window.parent.postMessage(message, origin);
      } catch {
        // `postMessage` does not accept this origin: the loader will say that the chat can't be loaded.
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
