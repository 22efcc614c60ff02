import type { RelayPayloads } from '@switchboard/protocol';

import type { Delivery } from './delivery.ts';

/** Fields that an old front-end may put on its page as they come. */
const TEXTS = ['message', 'name', 'mimeType', 'operatorName', 'username'] as const;

/** An address that is nothing else: no quote ends the attribute it stands in, no other scheme runs. */
const IMAGE = /^(?:https?:\/\/|\/(?!\/)|data:image\/(?:png|jpe?g|gif|webp|avif);base64,)[^\s"'<>`\\]*$/i;

/** Takes markup out of a text; what is left can be put on a page as HTML or as text. */
export type Sanitize = (text: string) => string;

/** Loads what it takes: nobody who does not ask for it has it in memory. */
export async function loadSanitizer(): Promise<Sanitize> {
  const { default: sanitizeHtml } = await import('sanitize-html');
  // `&` alone makes no markup, and is what people write: our own clients, which show text as text, should not see "&amp;".
  return (text) => sanitizeHtml(text, { allowedTags: [], allowedAttributes: {}, disallowedTagsMode: 'discard' }).replaceAll('&amp;', '&');
}

/** A delivery whose payloads have no markup in them, for old front-ends that show what they get as HTML. What is kept in the database stays as it was typed. */
export function sanitizing(delivery: Delivery, sanitize: Sanitize): Delivery {
  function clean<E extends keyof RelayPayloads>(payload: RelayPayloads[E]): RelayPayloads[E] {
    const copy: Record<string, unknown> = { ...payload };
    for (const field of TEXTS) {
      const value = copy[field];
      if (typeof value === 'string') copy[field] = sanitize(value);
    }
    if (typeof copy['image'] === 'string' && !IMAGE.test(copy['image'])) copy['image'] = null;
    // The same fields with values of the same types.
    return copy as RelayPayloads[E];
  }
  return {
    ...delivery,
    toOperators: (event, payload) => delivery.toOperators(event, clean(payload)),
    toOtherOperators: (sender, event, payload) => delivery.toOtherOperators(sender, event, clean(payload)),
    toVisitor: (address, event, payload) => delivery.toVisitor(address, event, clean(payload)),
  };
}
