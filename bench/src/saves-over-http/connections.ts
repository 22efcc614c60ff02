import { connect, type Socket } from 'node:net';

/** Sends requests to a web server over kept-alive connections, one request at a time on each. */
export interface Connections {
  /** Posts JSON and resolves to the answer. @throws Error for every status but 200 and 201 */
  post<T>(path: string, body: unknown, token?: string): Promise<T>;
  close(): void;
}

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Opens up to `max` connections to `origin`. (`http.request` and `fetch` would use several times as much of the processors that are measured.) */
export function openConnections(origin: string, max: number): Connections {
  const { hostname, port, host } = new URL(origin);
  const idle: Connection[] = [];
  const all: Connection[] = [];
  const waiting: ((connection: Connection) => void)[] = [];

  async function take(): Promise<Connection> {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (all.length < max) {
      const connection = new Connection(connect({ host: hostname, port: Number(port), noDelay: true }));
      all.push(connection);
      return connection;
    }
    return await new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(connection: Connection): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else next(connection);
  }

  return {
    async post(path, body, token) {
      const json = JSON.stringify(body);
      const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
      const connection = await take();
      const { status, text } = await connection.ask(
        `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${authorization}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
      );
      giveBack(connection);
      if (status !== 200 && status !== 201) throw new Error(`${path} answered ${status}: ${text}`);
      return JSON.parse(text);
    },
    close() {
      for (const connection of all) connection.close();
    },
  };
}

/** One connection, with at most one request in progress. */
class Connection {
  readonly #socket: Socket;
  #received = '';
  #pending: Pending | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('close', () => this.#pending?.reject(new Error('The server closed the connection.')));
    socket.on('error', (error) => this.#pending?.reject(error));
  }

  async ask(request: string): Promise<Answer> {
    return await new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const answer = readAnswer(this.#received);
    if (answer === undefined) return;
    this.#received = '';
    this.#pending?.resolve(answer);
  }
}

/** The answer, once it is complete. The answers of the web server have a length or are chunked. */
function readAnswer(received: string): Answer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const status = Number(received.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end + 2))?.[1];
  const body = received.slice(end + 4);
  if (length !== undefined) return body.length < Number(length) ? undefined : { status, text: body };
  return body.endsWith('0\r\n\r\n') ? { status, text: withoutChunks(body) } : undefined;
}

function withoutChunks(body: string): string {
  let text = '';
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.slice(at, lineEnd), 16);
    if (size === 0) return text;
    text += body.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
