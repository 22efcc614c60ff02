import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is. @throws Error when there is none, naming how to say where one is */
export function chromiumPath(): string {
  const path = [process.env.CHROMIUM_PATH, ...PLACES].find((place) => place !== undefined && existsSync(place));
  if (path === undefined)
    throw new Error(`No Chromium found (looked in ${PLACES.join(', ')}). Install Debian's package "chromium" or set CHROMIUM_PATH.`);
  return path;
}
