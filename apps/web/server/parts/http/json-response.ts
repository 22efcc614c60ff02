/** The text of answers made here: what answers without Next.js sends it as it is, and need not read it from a stream of the web. */
const TEXTS = new WeakMap<Response, string>();

/** `value` as JSON. */
export function jsonResponse(value: unknown, init: { readonly status?: number; readonly headers?: Record<string, string> } = {}): Response {
  const text = JSON.stringify(value);
  const response = new Response(text, { ...init, headers: { 'Content-Type': 'application/json', ...init.headers } });
  TEXTS.set(response, text);
  return response;
}

/** The JSON of an answer of `jsonResponse`. */
export function textOf(response: Response): string | undefined {
  return TEXTS.get(response);
}
