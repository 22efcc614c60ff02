import { hostToAsk } from './hosts.ts';

/** Origins of the console and the frame, the canonical one first. */
export function frontendOrigins(values: {
  readonly FRONTEND_URL?: [string, ...string[]] | undefined;
  readonly PORT: number;
}): [string, ...string[]] {
  return values.FRONTEND_URL ?? [`http://localhost:${values.PORT}`];
}

/** Where browsers find the relay. */
export function socketUrl(values: { readonly NEXT_PUBLIC_SOCKET_URL?: string | undefined; readonly SOCKET_PORT: number }): string {
  return values.NEXT_PUBLIC_SOCKET_URL ?? `http://localhost:${values.SOCKET_PORT}`;
}

/** The address, without a final slash, at which this machine reaches the web app that it runs. */
export function localWebUrl(values: { readonly PORT: number }): string {
  return `http://${hostToAsk(undefined)}:${values.PORT}`;
}

/** The address, without a final slash, at which this machine reaches the relay that it runs: `http://127.0.0.1:3001`. */
export function localRelayUrl(values: { readonly SOCKET_HOST?: string | undefined; readonly SOCKET_PORT: number }): string {
  return `http://${hostToAsk(values.SOCKET_HOST)}:${values.SOCKET_PORT}`;
}

/**
 * The address, without a final slash, at which the servers and commands of this installation reach a relay to send hints and revocations. It is never the
 * public address: a proxy hides `/hints`.
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
