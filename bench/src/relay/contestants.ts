import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';

import { createTokens } from '@switchboard/tokens';
import { build } from 'esbuild';

import type { Contestant } from './server-process.ts';
import { bare } from './protocol/bare.ts';
import { socketIo } from './protocol/socket-io.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const BUILT = join(ROOT, 'bench/dist');
const FRONTEND = 'https://chat.example';

interface OurRelay {
  readonly name?: string;
  /** Whether visitors ask for acknowledgements, as Switchboard's clients do. Default true. */
  readonly acknowledgements?: boolean;
  /** The folder of the checkout whose built relay is measured. Default: this checkout. */
  readonly checkout?: string;
  /** So many teams, among which operators and visitors are divided evenly. Without it, every operator sees every conversation. */
  readonly teams?: number;
}

/** Switchboard's relay as it is built and shipped: with tokens, schemas, limits, metrics, logs. */
export function ours({ name = 'Switchboard', acknowledgements = true, checkout = ROOT, teams }: OurRelay = {}): Contestant {
  const secret = randomBytes(32).toString('base64url');
  const tokens = createTokens([secret]);
  return {
    name,
    program: (port) => ({
      args: [resolve(checkout, 'apps/relay/dist/relay.js')],
      env: { SOCKET_PORT: String(port), SOCKET_HOST: '127.0.0.1', FRONTEND_URL: FRONTEND, JWT_SECRET: secret, SWITCHBOARD_SUPERVISED: '1' },
    }),
    dialect: socketIo(acknowledgements),
    mint: async ({ role, id, address }) => {
      const teamId = teams === undefined ? undefined : 1 + (id % teams);
      const visitor = { role: 'client' as const, id, name: 'Vera', sessionId: address };
      const operator = { role: 'operator' as const, id, name: 'Olga' };
      if (teamId === undefined) return (await tokens.mintRelayToken(role === 'client' ? visitor : operator)).token;
      const audience = { teamId, assigneeId: null };
      return (await tokens.mintRelayToken(role === 'client' ? { ...visitor, audience } : { ...operator, teams: [teamId] })).token;
    },
    ...(teams === undefined ? {} : { teams }),
  };
}

/** The relay of the guide. */
export const reference: Contestant = { name: 'the reference', program: programOf('reference'), dialect: socketIo(false) };

/** The relay of the guide, acknowledging each message as Switchboard's relay does for its own clients. */
export const acknowledgingReference: Contestant = {
  ...reference,
  name: 'the reference with acknowledgements',
  dialect: socketIo(true),
};

/** The least that a WebSocket server can cost. */
export const floor: Contestant = { name: 'bare ws', program: programOf('floor'), dialect: bare };

/** Builds the servers that exist only for comparison, in the same way as Switchboard's relay. */
export async function buildServers(): Promise<void> {
  await build({
    entryPoints: ['reference', 'floor'].map((name) => join(import.meta.dirname, `servers/${name}.ts`)),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outdir: BUILT,
    logLevel: 'warning',
  });
}

function programOf(name: string): Contestant['program'] {
  return (port) => ({ args: [join(BUILT, `${name}.js`), String(port)], env: {} });
}
