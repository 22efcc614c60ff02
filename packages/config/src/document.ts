import type { VariableName } from './variables.ts';

interface VariableDoc {
  /** The default, in Markdown. */
  readonly unset: string;
  readonly meaning: string;
}

/** The variables, grouped by heading. */
export const GROUPS: Readonly<Record<string, Partial<Record<VariableName, VariableDoc>>>> = {
  Addresses: {
    PORT: { unset: '3000', meaning: 'port of the web app' },
    SOCKET_PORT: { unset: '3001', meaning: 'port of the relay' },
    SOCKET_HOST: { unset: 'all interfaces', meaning: 'address that the relay listens on, such as `127.0.0.1` or `::1`' },
    FRONTEND_URL: {
      unset: '`http://localhost:$PORT`',
      meaning:
        'allowed origins of the console and the frame, comma separated, all `https` or all `http`; links that people see use the first one',
    },
    NEXT_PUBLIC_SOCKET_URL: {
      unset: '`http://localhost:$SOCKET_PORT`',
      meaning: 'where browsers reach the relay; read when the server starts',
    },
    NEXT_PUBLIC_SOCKET_PATH: { unset: '`/chat`', meaning: 'the path of the relay in browsers' },
    RELAY_INTERNAL_URL: {
      unset: '`http://127.0.0.1:$SOCKET_PORT`, or the address in `SOCKET_HOST`',
      meaning:
        'where the web app and the command line send hints and revocations to a relay; not through the proxy, which must not expose `/hints`',
    },
    WIDGET_ORIGINS: {
      unset: 'nothing',
      meaning:
        'origins, comma separated, that become the setting `widget.sites` at the first start and are then ignored ([settings.md](settings.md#which-sites-may-frame-the-chat)); only for installations older than that setting',
    },
    TRUST_PROXY: {
      unset: '0',
      meaning: 'how many proxies are in front of the web app and the relay, each adding to `X-Forwarded-For`; with 0 the header is ignored',
    },
  },
  Data: {
    DATABASE_URL: { unset: 'embedded PostgreSQL', meaning: 'PostgreSQL 14 or later; 15 or later is recommended' },
    DATABASE_POOL_SIZE: { unset: '10', meaning: 'database connections of the web app, in addition to up to two that save messages' },
    DATA_DIR: { unset: '`.data`', meaning: 'embedded database, uploads, logs, generated secrets' },
    REDIS_URL: {
      unset: 'one relay',
      meaning:
        '`redis://…` or `rediss://…`: relays that share a Redis act as one. While Redis is down, each relay serves its own peers and reports the outage on `/readyz` and in `switchboard_relay_redis_up`; when Redis is back, the relay makes its peers fetch what they missed',
    },
  },
  'Secrets and access': {
    JWT_SECRET: {
      unset: 'generated into `DATA_DIR`',
      meaning:
        'signs tokens and image URLs; random, 32 bytes or more. Required with `NODE_ENV=production`, where the start also fails if this or another secret is guessable, or two are the same',
    },
    JWT_SECRET_PREVIOUS: {
      unset: 'none',
      meaning:
        'still accepted, never used to sign. To rotate `JWT_SECRET`: move the old value here, restart everything, remove it after 90 days',
    },
    AUTH_SECRET: { unset: 'derived from `JWT_SECRET`', meaning: "signs operators' session cookies; changing it signs all operators out" },
    METRICS_TOKEN: {
      unset: 'none',
      meaning: '`/metrics` requires it as `Authorization: Bearer …`; without it, `/metrics` answers only this machine and private networks',
    },
    ALLOW_ANONYMOUS_CLIENTS: { unset: '`true`', meaning: 'whether a socket without a token may join as a client (old front-ends)' },
    SANITIZE_HTML: {
      unset: '`false`',
      meaning:
        'whether the relay strips markup from the texts it relays, for old front-ends that show text as HTML. The original text is sent along, and is what is saved',
    },
  },
  Limits: {
    MAX_IMAGE_BYTES: { unset: '10485760', meaning: 'bytes of one upload' },
    MAX_SOCKET_PAYLOAD_BYTES: {
      unset: '1000000',
      meaning:
        'bytes of one socket message; without a token at most 65536 unless this is set. Old front-ends that send whole images may need up to 100000000',
    },
    MAX_CONNECTIONS: {
      unset: '20000',
      meaning:
        'connections of one relay; at most half of them without a token, and at most a quarter that have not completed the handshake',
    },
    MAX_CONNECTIONS_PER_ADDRESS: {
      unset: '2000',
      meaning:
        'connections without a token from one address to one relay, and all connections from one address to a web app without a proxy in front; a large office may share one address',
    },
    SESSIONS_PER_MINUTE: {
      unset: '20',
      meaning:
        'conversations that one address may start per minute, with bursts of twice that. On the relay, three times as many visitors without a token, who count again on every page, with bursts of ten times that',
    },
    VISITOR_MESSAGES_PER_MINUTE: {
      unset: '300',
      meaning: 'messages that one visitor may store per minute, with bursts of five times that for messages written while offline',
    },
    VISITOR_BYTES_PER_DAY: { unset: '104857600', meaning: 'bytes of messages and pictures that one visitor may store per day' },
    ADDRESS_BYTES_PER_DAY: {
      unset: '1073741824',
      meaning: 'bytes that all visitors of one address may store per day; a large office may share one address',
    },
    ALL_VISITORS_BYTES_PER_DAY: { unset: '21474836480', meaning: 'bytes that all visitors together may store per day' },
    MIN_FREE_DISK_BYTES: {
      unset: '1073741824',
      meaning:
        'free bytes to keep on the disk of `DATA_DIR`. With less, visitors’ pictures are refused, and with the embedded database their messages, too; they wait in the visitors’ browsers until there is space again. Operators’ messages are still stored',
    },
  },
  Sockets: {
    SOCKET_PING_INTERVAL_MS: {
      unset: '10000',
      meaning: 'interval of the heartbeat. The guide uses 25000; peers learn both heartbeat values when they connect',
    },
    SOCKET_PING_TIMEOUT_MS: {
      unset: '5000',
      meaning:
        'how long a peer has to answer a heartbeat. The guide uses 60000; with 5000 a dead connection is closed within 15 s instead of 85 s. Old front-ends that send whole images over slow networks (see `MAX_SOCKET_PAYLOAD_BYTES`) need more, because the answer waits behind the image. A proxy in front must keep idle connections open for longer than the sum of both values',
    },
    SOCKET_UPGRADE_TIMEOUT_MS: {
      unset: '10000',
      meaning:
        'how long a peer that began with polling has to finish its upgrade to a WebSocket. The guide uses 30000; a peer that needs more than 10000 stays on polling, which works',
    },
    SOCKET_TRANSPORTS: {
      unset: '`websocket,polling`',
      meaning:
        'the transports that peers may use. The guide uses both; with `websocket` alone, peers behind proxies that block WebSockets can’t reach the relay',
    },
    SOCKET_COMPRESSION: {
      unset: '`false`',
      meaning:
        'whether messages are compressed, over WebSockets and polling. The guide compresses. Chat messages are mostly too short to gain from it, and compression encodes each message separately for every receiver and holds memory for every connection',
    },
    SOCKET_COMPRESSION_THRESHOLD_BYTES: {
      unset: '1024',
      meaning: 'with compression, the smallest message that is compressed, in bytes. The guide uses 1024, too',
    },
    SOCKET_ENGINE_SHORTCUTS: {
      unset: '`true`',
      meaning:
        'whether the relay uses private parts of Socket.IO and Engine.IO where that is faster: for receiving events, for sending, and for the memory of a connection. With `false` it uses their documented API only, behaves the same, and takes more processor time and memory. All limits hold. One is then an estimate: how much of an incomplete WebSocket message is held is taken from the bytes of the TCP connection, which can miss 64 KiB for each connection',
    },
    SOCKET_BUFFER_BYTES: {
      unset: '`MAX_SOCKET_PAYLOAD_BYTES` plus up to a megabyte',
      meaning:
        'a larger packet closes the connection before it is read (`maxHttpBufferSize`); a packet between `MAX_SOCKET_PAYLOAD_BYTES` and this gets an error. The guide uses 100000000, which lets every stranger occupy a hundred megabytes of memory',
    },
  },
  Running: {
    DRAIN_SECONDS: { unset: '10', meaning: 'the most seconds over which a stopping relay disconnects its peers (10 ms per peer)' },
    ENABLE_DEMO: { unset: 'on with `npm start` and outside production', meaning: 'whether `/demo` is served' },
    LOG_LEVEL: { unset: '`info`', meaning: 'log level of relay and web app: `debug`, `info`, `warn`, `error` or `silent`' },
    NEXT_PUBLIC_DEBUG_SOCKETS: { unset: '`false`', meaning: "the browser's console logs what the chat client does" },
    NODE_ENV: { unset: 'as `npm start` sets it', meaning: 'with `production`, secrets are not generated and there is no demo' },
    WIDGET_DIR: { unset: '`../widget/dist`', meaning: 'where the web app finds the built widget' },
  },
};

const HEAD = `# Configuration

Every setting has a default that works on one machine. Settings come from the environment or from a file \`.env\` in the repository's root. An invalid or
missing value stops the start with one line that names the variable, its value and what it must be.

\`DEBUG=socket.io:*\` makes the relay print everything that Socket.IO does, including people's messages: in production use it only briefly.
`;

/** The text of docs/configuration.md. */
export function configurationDocument(): string {
  const tables = Object.entries(GROUPS).map(([title, variables]) => {
    const rows = Object.entries(variables).map(([name, { unset, meaning }]) => `| \`${name}\` | ${unset} | ${meaning} |`);
    return [`## ${title}`, '', '| variable | when unset | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  });
  return [HEAD, ...tables.map((table) => `${table}\n`)].join('\n');
}
