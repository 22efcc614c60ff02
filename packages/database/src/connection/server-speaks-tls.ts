import { connect } from 'node:net';

/** The SSLRequest message of PostgreSQL's protocol: length and code. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

const known = new Map<string, boolean>();

/**
 * Whether the server at this place supports TLS. The answer is cached; an unreachable server counts as supporting it, so that connecting reports the error.
 */
export async function serverSpeaksTls(host: string, port: number): Promise<boolean> {
  const place = `${host} ${port}`;
  const answer = known.get(place) ?? (await ask(host, port));
  if (answer !== undefined) known.set(place, answer);
  return answer ?? true;
}

async function ask(host: string, port: number): Promise<boolean | undefined> {
  return await new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(SSL_REQUEST));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(data.toString('latin1', 0, 1) === 'S');
      socket.destroy();
    });
    // The real connection follows and reports the same error.
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(undefined));
  });
}
