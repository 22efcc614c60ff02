import type { Original, RelayPayloads } from '@switchboard/protocol';

import type { Delivery } from './delivery.ts';

/** Fields that an old front-end may put on its page as they come. */
const TEXTS = ['message', 'name', 'mimeType', 'operatorName', 'username'] as const;

/** An address that is nothing else: no quote ends the attribute it stands in, no other scheme runs. */
const IMAGE = /^(?:https?:\/\/|\/(?!\/)|data:image\/(?:png|jpe?g|gif|webp|avif);base64,)[^\s"'<>`\\]*$/i;

/** Takes markup out of a text; what is left can be put on a page as HTML or as text. */
export type Sanitize = (text: string) => string;

/**
 * A delivery whose payloads have no markup in the fields that old front-ends know, for those that show what they get as HTML. What was sent is in
 * `original`, where it differs: our own clients show it as text, and consoles save it.
 */
export function sanitizing(delivery: Delivery, sanitize: Sanitize): Delivery {
  function clean<E extends keyof RelayPayloads>(payload: RelayPayloads[E]): RelayPayloads[E] {
    const copy: Record<string, unknown> = { ...payload };
    const original: Original = {};
    const replace = (field: keyof Original, value: string, plain: string | null) => {
      if (plain === value) return;
      copy[field] = plain;
      original[field] = value;
    };
    for (const field of TEXTS) {
      const value = copy[field];
      if (typeof value === 'string') replace(field, value, sanitize(value));
    }
    const { image } = copy;
    if (typeof image === 'string' && !IMAGE.test(image)) replace('image', image, null);
    if (Object.keys(original).length > 0) copy['original'] = original;
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
