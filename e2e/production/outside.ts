import { once } from 'node:events';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The local IP address of the request. */
  readonly from?: string;
}

/** A client that knows only the public address, and trusts the test's certificate. */
export class Outside {
  readonly origin: string;
  readonly #ca: Buffer;

  constructor(origin: string, ca: Buffer) {
    this.origin = origin;
    this.#ca = ca;
  }

  /** Connections from this IP address. */
  agent(from?: string): Agent {
    return new Agent({ ca: this.#ca, ...(from === undefined ? {} : { localAddress: from }) });
  }

  /** Sends a request on a new connection. A full address may be given instead of a path. */
  async ask(path: string, { method = 'GET', headers = {}, body, from }: Asking = {}): Promise<Answer> {
    const url = new URL(path, this.origin);
    const options: RequestOptions = {
      method,
      headers,
      servername: 'localhost',
      agent: url.protocol === 'https:' ? this.agent(from) : undefined,
    };
    const asked = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    // An accepted WebSocket is an answer, too.
    const upgraded = once(asked, 'upgrade').then(([response, socket]: unknown[]) => {
      (socket as Duplex).destroy();
      return [response];
    });
    asked.end(body);
    const [response] = (await Promise.race([once(asked, 'response'), upgraded])) as [
      AsyncIterable<Buffer> & { readonly statusCode: number; readonly headers: Answer['headers'] },
    ];
    const pieces: Buffer[] = [];
    if (response.statusCode !== 101) for await (const piece of response) pieces.push(piece);
    return { status: response.statusCode, headers: response.headers, text: Buffer.concat(pieces).toString('utf8') };
  }

  /** The same with JSON in both directions, like a page of this origin. */
  async post(
    path: string,
    body: object,
    asking: Omit<Asking, 'method' | 'body'> = {},
  ): Promise<{ status: number; body: unknown; headers: Answer['headers'] }> {
    const headers = { 'content-type': 'application/json', origin: this.origin, ...asking.headers };
    const answer = await this.ask(path, { ...asking, method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: JSON.parse(answer.text) as unknown, headers: answer.headers };
  }
}
