// Stands in for the relay or the web app: answers /readyz on its port, stops like them, and records events.
// node fake-server.mjs <name> <port> <events file> [<behavior> …]
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [, , name = '', port = '', events = '', ...behaviors] = process.argv;
const does = (/** @type {string} */ behavior) => behaviors.includes(behavior);
/** @param {string} what @param {string} [who] @param {number} [pid] */
function note(what, who = name, pid = process.pid) {
  appendFileSync(events, `${JSON.stringify({ name: who, what, pid })}\n`);
}

if (does('refuse')) {
  process.stderr.write(`${name} does not like its settings\n`);
  process.exit(3);
}
/** @param {string} why */
function end(why) {
  note(why);
  if (!does('stubborn')) process.exit(0);
}
process.on('SIGTERM', () => end('SIGTERM'));
process.stdin.on('end', () => end('stdin ended')).resume();
if (does('grandchild')) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  note('up', 'grandchild', child.pid);
}
process.stdout.write(`${JSON.stringify({ level: 'info', service: name, msg: 'quiet words' })}\n`);
process.stdout.write(`${JSON.stringify({ level: 'warn', service: name, msg: 'loud words' })}\n`);
createServer((request, response) => {
  if (request.url === '/hints') {
    request
      .setEncoding('utf8')
      .on('data', (body) => JSON.parse(body).forEach((/** @type {{ event: string }} */ hint) => note(`hint ${hint.event}`)));
    request.on('end', () => response.writeHead(202).end());
    return;
  }
  const known = request.url === '/readyz' || request.url === '/livez';
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: known }));
}).listen({ port: Number(port), host: behaviors.find((behavior) => behavior.startsWith('host='))?.slice('host='.length) }, () =>
  note('up'),
);
