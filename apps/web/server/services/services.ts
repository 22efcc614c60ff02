import type { Services } from './create-services.ts';

export type { Services } from './create-services.ts';

// The server is bundled apart from what Next.js bundles (proxy, pages, server actions), each with its own copy of this module: what they share hangs on globalThis.
const shared = globalThis as typeof globalThis & { switchboardServices?: Services };

/** Makes `services` the ones of this process. */
export function installServices(services: Services): void {
  shared.switchboardServices = services;
}

/** The services of this process. @throws Error before `installServices`, which the start of the server does */
export function services(): Services {
  const { switchboardServices } = shared;
  if (switchboardServices === undefined) throw new Error('The server has not been started: start.ts makes the services.');
  return switchboardServices;
}
