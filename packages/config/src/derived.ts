import { reachableHost } from './hosts.ts';

/** The origins of the console and the frame, the canonical one first. */
export function frontendOrigins(values: {
  readonly FRONTEND_URL?: [string, ...string[]] | undefined;
  readonly PORT: number;
}): [string, ...string[]] {
  return values.FRONTEND_URL ?? [`http://localhost:${values.PORT}`];
}

/** The URL at which browsers reach the relay. */
export function socketUrl(values: { readonly NEXT_PUBLIC_SOCKET_URL?: string | undefined; readonly SOCKET_PORT: number }): string {
  return values.NEXT_PUBLIC_SOCKET_URL ?? `http://localhost:${values.SOCKET_PORT}`;
}

/** The URL, without a trailing slash, at which this machine reaches its own web app. */
export function localWebUrl(values: { readonly PORT: number }): string {
  return `http://${reachableHost(undefined)}:${values.PORT}`;
}

/** The URL, without a trailing slash, at which this machine reaches its own relay, such as `http://127.0.0.1:3001`. */
export function localRelayUrl(values: { readonly SOCKET_HOST?: string | undefined; readonly SOCKET_PORT: number }): string {
  return `http://${reachableHost(values.SOCKET_HOST)}:${values.SOCKET_PORT}`;
}

/**
 * The URL, without a trailing slash, to which this installation's servers and commands send hints and revocations. It is never the public one: proxies do
 * not expose `/hints`.
 */
export function relayInternalUrl(values: {
  readonly RELAY_INTERNAL_URL?: string | undefined;
  readonly SOCKET_HOST?: string | undefined;
  readonly SOCKET_PORT: number;
}): string {
  return values.RELAY_INTERNAL_URL ?? localRelayUrl(values);
}

/** Whether `/demo` is served. */
export function demoEnabled(values: { readonly ENABLE_DEMO?: boolean | undefined; readonly NODE_ENV?: string | undefined }): boolean {
  return values.ENABLE_DEMO ?? values.NODE_ENV !== 'production';
}
