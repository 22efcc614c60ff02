import type { Config } from './config.ts';
import type { Terminal } from './terminal.ts';

interface Announcement {
  readonly config: Config;
  readonly operators: number;
  /** Creates the first administrator; undefined where the web app has offered none. */
  readonly firstLink: string | undefined;
  readonly seconds: number;
}

/** Prints the addresses and the next steps. The last line begins with `ready`: scripts wait for it. */
export function announce(terminal: Terminal, { config, operators, firstLink, seconds }: Announcement): void {
  const [home = config.frontendUrl] = config.frontendUrl.split(',');
  terminal.say('');
  terminal.say(`  Console    ${home}`);
  if (config.demo) terminal.say(`  Demo page  ${home}/demo`);
  terminal.say(`  Relay      ${config.socketUrl}${config.socketPath}`);
  terminal.say(`  Data       ${config.dataDir}`);
  terminal.say('');
  terminal.say('  On your own pages, before </body>:');
  terminal.say(`  <script async src="${home}/widget.js"></script>`);
  terminal.say('');
  if (operators === 0 && firstLink !== undefined) {
    terminal.say('  There is no operator yet. This link creates the first administrator. It works once, within 24 hours:');
    terminal.say(`  ${firstLink}`);
    terminal.say('');
  } else if (operators === 0) {
    terminal.say('  There is no operator yet. In another terminal, create the first one:');
    terminal.say(
      '  npm run switchboard -- operator create --email you@example.com --name "Your Name" --password "at least ten characters"',
    );
    terminal.say('');
  }
  terminal.say(`ready after ${seconds.toFixed(1)} s; Ctrl-C stops everything`);
}
