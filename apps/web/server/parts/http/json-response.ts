/** The text of responses made here. Without Next.js it is sent directly, which is cheaper than reading it from a web stream. */
const TEXTS = new WeakMap<Response, string>();

/** `value` as JSON. */
export function jsonResponse(value: unknown, init: { readonly status?: number; readonly headers?: Record<string, string> } = {}): Response {
  const text = JSON.stringify(value);
  const response = new Response(text, { ...init, headers: { 'Content-Type': 'application/json', ...init.headers } });
  TEXTS.set(response, text);
  return response;
}

/** The JSON text of a response of `jsonResponse`. */
export function textOf(response: Response): string | undefined {
  return TEXTS.get(response);
}
