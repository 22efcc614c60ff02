import type { VariableName } from './variables.ts';

interface About {
  /** What it is when nobody says; Markdown. */
  readonly unset: string;
  readonly meaning: string;
}

/** Under a heading each. */
export const GROUPS: Readonly<Record<string, Partial<Record<VariableName, About>>>> = {
  'Where everything is': {
    PORT: { unset: '3000', meaning: 'port of the web app' },
    SOCKET_PORT: { unset: '3001', meaning: 'port of the relay' },
    SOCKET_HOST: { unset: 'all interfaces', meaning: 'address that the relay listens on, such as `127.0.0.1` or `::1`' },
    FRONTEND_URL: {
      unset: '`http://localhost:$PORT`',
      meaning:
        'allowed origins of the console and the frame, comma separated, all `https` or all `http`; the first one is theirs to people',
    },
    NEXT_PUBLIC_SOCKET_URL: {
      unset: '`http://localhost:$SOCKET_PORT`',
      meaning: 'where browsers find the relay; read when the server starts',
    },
    NEXT_PUBLIC_SOCKET_PATH: { unset: '`/chat`', meaning: "the relay's path, as browsers see it" },
    RELAY_INTERNAL_URL: {
      unset: '`http://127.0.0.1:$SOCKET_PORT`, or the address in `SOCKET_HOST`',
      meaning: 'where the web app and the command line reach a relay to send hints and revocations; past the proxy, which hides `/hints`',
    },
    WIDGET_ORIGINS: {
      unset: 'nothing',
      meaning:
        'origins, comma separated, that become the setting `widget.sites` at the first start and are ignored afterwards ([settings.md](settings.md#which-sites-may-frame-the-chat)); for installations from before that setting',
    },
    TRUST_PROXY: {
      unset: '0',
      meaning: 'how many proxies stand before the web app and the relay, each adding to `X-Forwarded-For`; 0 believes none',
    },
  },
  'What is kept': {
    DATABASE_URL: { unset: 'embedded PostgreSQL', meaning: 'PostgreSQL 14 or later; 15 or later is recommended' },
    DATABASE_POOL_SIZE: { unset: '10', meaning: 'connections of the web app to the database, beside up to two that save messages' },
    DATA_DIR: { unset: '`.data`', meaning: 'embedded database, uploads, logs, generated secrets' },
    REDIS_URL: {
      unset: 'one relay',
      meaning:
        '`redis://…` or `rediss://…`: relays with the same one are one to their peers. While Redis is away each relay serves its own peers, says so on `/readyz` and in `switchboard_relay_redis_up`, and asks its peers to fetch what they missed when it is back',
    },
  },
  'Secrets and who may what': {
    JWT_SECRET: {
      unset: 'generated into `DATA_DIR`',
      meaning:
        'signs tokens and image addresses; 32 bytes or more, random; with `NODE_ENV=production` required, and this and the other secrets stop the start when they can be guessed or are the same',
    },
    JWT_SECRET_PREVIOUS: {
      unset: 'none',
      meaning:
        'still accepted, never used to sign. To change `JWT_SECRET`: move the old value here, restart everything, take it away after 90 days',
    },
    AUTH_SECRET: { unset: 'derived from `JWT_SECRET`', meaning: "signs operators' session cookies; changing it signs all operators out" },
    METRICS_TOKEN: {
      unset: 'none',
      meaning: '`/metrics` wants it as `Authorization: Bearer …`; without it `/metrics` answers nearby machines only',
    },
    ALLOW_ANONYMOUS_CLIENTS: { unset: '`true`', meaning: 'whether a socket without a token may join as a client (old front-ends)' },
    SANITIZE_HTML: {
      unset: '`false`',
      meaning:
        'the relay takes markup out of the texts that it relays, for old front-ends that show text as HTML, and sends what was typed beside them, for ours, which save it',
    },
  },
  Limits: {
    MAX_IMAGE_BYTES: { unset: '10485760', meaning: 'one upload' },
    MAX_SOCKET_PAYLOAD_BYTES: {
      unset: '1000000',
      meaning:
        'one socket message; without a token at most 65536 unless this is set. Old front-ends that send whole images may need up to 100000000',
    },
    MAX_CONNECTIONS: {
      unset: '20000',
      meaning:
        'connections that one relay takes; half of them at most without a token, and a quarter at most that have not said yet who they are',
    },
    MAX_CONNECTIONS_PER_ADDRESS: {
      unset: '2000',
      meaning:
        'connections without a token that one relay takes from one address, and all that one web app takes from it where no proxy stands in front; a large office has one address for everybody',
    },
    SESSIONS_PER_MINUTE: {
      unset: '20',
      meaning:
        'conversations that one address may start in a minute, with bursts of twice that; on the relay three times as many visitors without a token, who are new with every page, with bursts of ten times that',
    },
    VISITOR_MESSAGES_PER_MINUTE: {
      unset: '300',
      meaning: 'messages that one visitor may store in a minute, with bursts of five times that for what waited while the network was away',
    },
    VISITOR_BYTES_PER_DAY: { unset: '104857600', meaning: 'bytes of messages and pictures that one visitor may store in a day' },
    ADDRESS_BYTES_PER_DAY: {
      unset: '1073741824',
      meaning: 'bytes that all visitors of one address may store in a day; a large office has one address for everybody',
    },
    ALL_VISITORS_BYTES_PER_DAY: { unset: '21474836480', meaning: 'bytes that all visitors together may store in a day' },
    MIN_FREE_DISK_BYTES: {
      unset: '1073741824',
      meaning:
        'room that visitors leave on the disk of `DATA_DIR`: with less of it their pictures, and with the embedded database their messages, are refused and wait with the visitors until there is room again; those of operators are stored',
    },
  },
  'How sockets work': {
    SOCKET_PING_INTERVAL_MS: {
      unset: '10000',
      meaning:
        'how often a peer is asked whether it is there. The guide has 25000; peers hear of both values when they connect, and count the silence by them',
    },
    SOCKET_PING_TIMEOUT_MS: {
      unset: '5000',
      meaning:
        'how long it has to answer. The guide has 60000; with 5000 a connection that is silently dead is given up after 15 s at most instead of 85. Old front-ends that send whole images over slow networks (see `MAX_SOCKET_PAYLOAD_BYTES`) need more, because the answer waits behind the image. A proxy in front must keep quiet connections longer than both together',
    },
    SOCKET_UPGRADE_TIMEOUT_MS: {
      unset: '10000',
      meaning:
        'how long a peer that began with polling has to finish its upgrade to a WebSocket. The guide has 30000; a peer that needs more than 10000 goes on by polling, which works',
    },
    SOCKET_TRANSPORTS: {
      unset: '`websocket,polling`',
      meaning:
        'on which ways peers may connect. The guide has both too; with `websocket` alone, peers behind proxies that let none through are without a relay',
    },
    SOCKET_COMPRESSION: {
      unset: '`false`',
      meaning:
        'whether messages are compressed, over WebSockets and in polling. The guide compresses; chat messages are mostly too short to gain from it, each message is then encoded for each receiver anew, and memory is held for each connection that uses it',
    },
    SOCKET_COMPRESSION_THRESHOLD_BYTES: {
      unset: '1024',
      meaning: 'messages of so many bytes and more are compressed, if any are. The guide has 1024 too',
    },
    SOCKET_ENGINE_SHORTCUTS: {
      unset: '`true`',
      meaning:
        'whether the relay uses private parts of Socket.IO and Engine.IO where that is faster: for receiving events, for sending, and for the memory of a connection. With `false` it uses their documented API only, behaves the same, and takes more processor time and memory. All limits hold. One is then an estimate: how much of an incomplete WebSocket message is held is taken from the bytes of the TCP connection, which can miss 64 KiB for each connection',
    },
    SOCKET_BUFFER_BYTES: {
      unset: '`MAX_SOCKET_PAYLOAD_BYTES` and up to a megabyte',
      meaning:
        'what is larger ends the connection before it is read (`maxHttpBufferSize`); what lies between the two is answered with an error. The guide has 100000000, which lets every stranger have a hundred megabytes held',
    },
  },
  Running: {
    DRAIN_SECONDS: { unset: '10', meaning: 'over how long a relay that stops sends its peers away, at most (10 ms for each)' },
    ENABLE_DEMO: { unset: 'on with `npm start` and outside production', meaning: 'whether `/demo` is there' },
    LOG_LEVEL: { unset: '`info`', meaning: '`debug`, `info`, `warn`, `error` or `silent`, of relay and web app' },
    NEXT_PUBLIC_DEBUG_SOCKETS: { unset: '`false`', meaning: "the browser's console logs what the chat client does" },
    NODE_ENV: { unset: 'as `npm start` sets it', meaning: '`production`: no secret is made up, no demo' },
    WIDGET_DIR: { unset: '`../widget/dist`', meaning: 'where the web app finds the built widget' },
  },
};

const HEAD = `# Configuration

Everything has a default that works on one machine. Settings come from the environment or from a file \`.env\` in the repository's root. A value that is
wrong, or missing where it is required, stops the start with one line that names the variable, what it was and what it must be.

\`DEBUG=socket.io:*\` has the relay print what Socket.IO does, whole packets with what people write included: not for production, except briefly.
`;

/** The text of docs/configuration.md. */
export function configurationDocument(): string {
  const tables = Object.entries(GROUPS).map(([title, variables]) => {
    const rows = Object.entries(variables).map(([name, { unset, meaning }]) => `| \`${name}\` | ${unset} | ${meaning} |`);
    return [`## ${title}`, '', '| variable | when unset | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  });
  return [HEAD, ...tables.map((table) => `${table}\n`)].join('\n');
}
