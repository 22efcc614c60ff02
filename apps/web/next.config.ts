import { join } from 'node:path';

import type { NextConfig } from 'next';

import { neededWorkspaces, readWorkspaces } from '../../tooling/workspaces.mjs';
import { COMMON_HEADERS } from './server/parts/http/common-headers.ts';

/** The repository's root. */
const ROOT = join(import.meta.dirname, '../..');

// What depends on the request or on the configuration is added by `proxy.ts`.
const HEADERS = Object.entries(COMMON_HEADERS).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The workspaces are TypeScript sources; only what has native or generated parts stays outside the bundle.
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
  // `npm run check` runs tsc over the whole workspace, tests too; once is enough.
  typescript: { ignoreBuildErrors: true },
  // Uploads are shown as they are stored: they are signed, and re-encoded once when they arrive.
  images: { unoptimized: true },
  // As `guard-requests.ts` lets through.
  experimental: { serverActions: { bodySizeLimit: '128kb' }, proxyClientMaxBodySize: '128kb' },
  headers: () => Promise.resolve([{ source: '/:path*', headers: HEADERS }]),
};

export default config;
