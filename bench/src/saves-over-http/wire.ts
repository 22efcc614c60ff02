import { Agent, request } from 'node:http';

/** Asks a web app over connections that are kept. */
export interface Wire {
  /** Posts JSON and answers what came back. @throws Error for every status but 200 and 201 */
  post<T>(path: string, body: unknown, token?: string): Promise<T>;
  close(): void;
}

/** Connections to `origin`, `maxSockets` at most. (`fetch` costs several times as much of the processors that are being measured.) */
export function openWire(origin: string, maxSockets: number): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets });
  return {
    async post(path, body, token) {
      const { status, text } = await send(new URL(path, origin), agent, JSON.stringify(body), token);
      if (status !== 200 && status !== 201) throw new Error(`${path} answered ${status}: ${text}`);
      return JSON.parse(text);
    },
    close: () => agent.destroy(),
  };
}

async function send(url: URL, agent: Agent, body: string, token: string | undefined): Promise<{ status: number; text: string }> {
  return await new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const asking = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
