import type { Original, RelayPayloads } from '@switchboard/protocol';

import type { Delivery } from './delivery.ts';

/** Fields that an old front-end may insert into its page unchanged. */
const TEXTS = ['message', 'name', 'mimeType', 'operatorName', 'username'] as const;

/** A URL that is safe in an attribute: it has no quote that would end the attribute, and no scheme that would run code. */
const IMAGE = /^(?:https?:\/\/|\/(?!\/)|data:image\/(?:png|jpe?g|gif|webp|avif);base64,)[^\s"'<>`\\]*$/i;

/** Removes markup from a text. The result can be inserted into a page as HTML or as text. */
export type Sanitize = (text: string) => string;

/**
 * A delivery whose payloads have no markup in the fields that old front-ends know, because some of them show these fields as HTML. Where that changes a
 * field, `original` has what was sent: Switchboard's own clients show it as text, and consoles save it.
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
    // It has the same fields with values of the same types.
    return copy as RelayPayloads[E];
  }
  return {
    ...delivery,
    toOperators: (address, event, payload) => delivery.toOperators(address, event, clean(payload)),
    toOtherOperators: (sender, address, event, payload) => delivery.toOtherOperators(sender, address, event, clean(payload)),
    toVisitor: (address, event, payload) => delivery.toVisitor(address, event, clean(payload)),
  };
}
