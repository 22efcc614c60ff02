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
