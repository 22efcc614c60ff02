import type { Services } from './create-services.ts';

export type { Services } from './create-services.ts';

// Next.js bundles instrumentation, proxy, pages and routes apart, each with its own copy of this module: what they share hangs on globalThis.
const shared = globalThis as typeof globalThis & { switchboardServices?: Services };

/** Makes `services` the ones of this process. */
export function installServices(services: Services): void {
  shared.switchboardServices = services;
}

/** The services of this process. @throws Error before `installServices`, which the start of the server does */
export function services(): Services {
  const { switchboardServices } = shared;
  if (switchboardServices === undefined) throw new Error('The server has not been started: instrumentation.ts makes the services.');
  return switchboardServices;
}
