import type { z } from 'zod';

/** Who may call an endpoint, and what is said of it in the documents. */
export const ACCESS = {
  anyone: 'anyone',
  visitor: 'visitor',
  operator: 'operator',
  admin: 'administrator',
  'visitor-or-operator': 'visitor, operator',
  'holder-of-a-link': 'the holder of a signed address',
  /** A page of this system, whether or not somebody is signed in there. */
  'own-page': 'a page of this system',
  /** Anyone, without being identified or counted. */
  public: 'anyone',
  scraper: 'the holder of `METRICS_TOKEN`, or nearby machines where there is none',
} as const satisfies Record<string, string>;
export type AccessRule = keyof typeof ACCESS;

export type Method = 'GET' | 'POST' | 'PATCH';
/** A method and a path: `GET /api/chat/uploads/{id}`. It names the endpoint everywhere. */
export type EndpointKey = `${Method} /${string}`;

/** A body of JSON. */
export interface JsonBody<S extends z.ZodType = z.ZodType> {
  readonly kind: 'json';
  readonly schema: S;
  /** Bytes. */
  readonly maxBytes: number;
}
/** A body of `multipart/form-data`; the server's settings limit its size. */
export interface FormBody<S extends z.ZodType = z.ZodType> {
  readonly kind: 'form';
  /** Of an object with the form's fields. */
  readonly schema: S;
}
export interface JsonResponse<S extends z.ZodType = z.ZodType> {
  readonly kind: 'json';
  readonly status: 200 | 201 | 202;
  readonly schema: S;
}
/** Anything but JSON of a known shape: the handler makes the `Response`. */
export interface ContentResponse {
  readonly kind: 'content';
  readonly mediaType: string;
}

/** What an endpoint takes, whom it admits and what it answers. */
export interface Endpoint {
  readonly access: AccessRule;
  /** One sentence or a few, in Markdown, for the documents. */
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: JsonBody | FormBody;
  readonly response: JsonResponse | ContentResponse;
}

/** Bytes of a JSON body, unless an endpoint allows another number. */
export const DEFAULT_BODY_BYTES = 64 * 1024;

/** A JSON body of this shape. @param maxBytes 64 KiB unless given */
export function json<S extends z.ZodType>(schema: S, maxBytes = DEFAULT_BODY_BYTES): JsonBody<S> {
  return { kind: 'json', schema, maxBytes };
}

/** A form whose fields have this shape. */
export function form<S extends z.ZodType>(schema: S): FormBody<S> {
  return { kind: 'form', schema };
}

/** An answer in JSON. @param status 200 unless given */
export function answer<S extends z.ZodType>(schema: S, status: JsonResponse['status'] = 200): JsonResponse<S> {
  return { kind: 'json', status, schema };
}

/** An answer that is not JSON of a known shape. */
export function content(mediaType: string): ContentResponse {
  return { kind: 'content', mediaType };
}
