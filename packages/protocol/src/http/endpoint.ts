import type { z } from 'zod';

/** The access rules of endpoints, with their description in the documents. */
export const ACCESS = {
  anyone: 'anyone',
  visitor: 'visitor',
  operator: 'operator',
  admin: 'administrator',
  'visitor-or-operator': 'visitor, operator',
  'holder-of-a-link': 'the holder of a signed URL',
  /** A page of this system, signed in or not. */
  'own-page': 'a page of this system',
  /** Anyone, without identification or rate limit. */
  public: 'anyone',
  scraper: 'the holder of `METRICS_TOKEN`; without that setting, machines on the private network',
} as const satisfies Record<string, string>;
export type AccessRule = keyof typeof ACCESS;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** A method and a path, such as `GET /api/chat/uploads/{id}`: the name of an endpoint. */
export type EndpointKey = `${Method} /${string}`;

/** A JSON body. */
export interface JsonBody<S extends z.ZodType = z.ZodType> {
  readonly kind: 'json';
  readonly schema: S;
  /** Bytes. */
  readonly maxBytes: number;
}
/** A `multipart/form-data` body; the server's settings limit its size. */
export interface FormBody<S extends z.ZodType = z.ZodType> {
  readonly kind: 'form';
  /** The schema of an object with the form's fields. */
  readonly schema: S;
}
export interface JsonResponse<S extends z.ZodType = z.ZodType> {
  readonly kind: 'json';
  readonly status: 200 | 201 | 202;
  readonly schema: S;
}
/** A response other than JSON of a known shape: the handler makes the `Response`. */
export interface ContentResponse {
  readonly kind: 'content';
  readonly mediaType: string;
}

/** An endpoint: its input, its access rule and its response. */
export interface Endpoint {
  readonly access: AccessRule;
  /** A few sentences in Markdown, for the documents. */
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: JsonBody | FormBody;
  readonly response: JsonResponse | ContentResponse;
}

/** The most bytes of a JSON body, unless an endpoint sets another limit. */
export const DEFAULT_BODY_BYTES = 64 * 1024;

/** A JSON body of this shape. @param maxBytes 64 KiB by default */
export function json<S extends z.ZodType>(schema: S, maxBytes = DEFAULT_BODY_BYTES): JsonBody<S> {
  return { kind: 'json', schema, maxBytes };
}

/** A form whose fields have this shape. */
export function form<S extends z.ZodType>(schema: S): FormBody<S> {
  return { kind: 'form', schema };
}

/** A JSON response. @param status 200 by default */
export function answer<S extends z.ZodType>(schema: S, status: JsonResponse['status'] = 200): JsonResponse<S> {
  return { kind: 'json', status, schema };
}

/** A response other than JSON of a known shape. */
export function content(mediaType: string): ContentResponse {
  return { kind: 'content', mediaType };
}
