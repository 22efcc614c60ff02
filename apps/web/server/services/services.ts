import type { Services } from './create-services.ts';

export type { Services } from './create-services.ts';

// The server and the bundles of Next.js (proxy, pages, server actions) each have their own copy of this module, so the services are shared through globalThis.
const shared = globalThis as typeof globalThis & { switchboardServices?: Services };

/** Sets the services of this process. */
export function installServices(services: Services): void {
  shared.switchboardServices = services;
}

/** The services of this process. @throws Error before `installServices`, which `start.ts` calls */
export function services(): Services {
  const { switchboardServices } = shared;
  if (switchboardServices === undefined) throw new Error('The server has not been started: start.ts installs the services.');
  return switchboardServices;
}
