import { join } from 'node:path';

import type { NextConfig } from 'next';

import { neededWorkspaces, readWorkspaces } from '../../tooling/workspaces.mjs';
import { COMMON_HEADERS } from './server/parts/http/common-headers.ts';

/** The repository's root. */
const ROOT = join(import.meta.dirname, '../..');

// `proxy.ts` adds the headers that depend on the request or the configuration.
const HEADERS = Object.entries(COMMON_HEADERS).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The workspaces are TypeScript sources; only packages with native or generated code stay outside the bundle.
  transpilePackages: neededWorkspaces(readWorkspaces(ROOT), '@switchboard/web').map(({ manifest }) => manifest.name),
  serverExternalPackages: [
    '@node-rs/argon2',
    '@prisma/adapter-pg',
    '@prisma/client',
    'better-auth',
    'ioredis',
    'pg',
    'pino',
    'prom-client',
    'rate-limiter-flexible',
    'sharp',
  ],
  // `npm run check` runs tsc over the whole workspace, including tests.
  typescript: { ignoreBuildErrors: true },
  // Uploads are shown as stored: their links are signed, and they were re-encoded on arrival.
  images: { unoptimized: true },
  // The limit of `guard-requests.ts`.
  experimental: { serverActions: { bodySizeLimit: '128kb' }, proxyClientMaxBodySize: '128kb' },
  headers: () => Promise.resolve([{ source: '/:path*', headers: HEADERS }]),
};

export default config;
