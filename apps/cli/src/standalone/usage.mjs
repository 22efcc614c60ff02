/** The commands there are. `test`, `chaos` and `bench` belong to the clone, not to the program: they are not built in. */
export const COMMANDS = Object.freeze([
  'start',
  'operator',
  'migrate',
  'backup',
  'restore',
  'jobs',
  'settings',
  'doctor',
  'test',
  'chaos',
  'bench',
  'help',
]);

export const USAGE = `Switchboard: live support chat that you host yourself.

  npm start                                 install, build and run everything
  npm test                                  prove that it works
  npm run chaos                             break everything, many times over, and see that no message suffers
  npm run bench [-- <name> ...]             measure how fast it is
  npm run switchboard -- <command>

Commands
  start                                     run database, relay and web app until Ctrl-C
  operator create --email E --name N --password P [--role ADMIN] [--new]
                                            make an operator; --password-stdin reads the password from the standard input; --new: in a
                                            new database, though another installation seems to be meant
  operator list | role | password | remove  who there is; another role or password; let somebody in no more
  migrate                                   bring the database to this version's schema (start does it by itself)
  backup FILE [--with-secrets]              write messages, accounts, settings and images into one file, while everything runs
  restore FILE [--replace]                  put a backup into an empty database; --replace: in the place of what is there
  jobs                                      list the work in the background: what is dead (no attempt left), running, due or waiting
  jobs retry | discard ID | --all-dead      let dead jobs run again; remove them
  settings                                  list what can be set while everything runs, with who changed it when
  settings get KEY | set KEY VALUE | reset KEY
                                            print one; change it; go back to its default. Running servers follow within 10 s
  doctor [--json]                           look at everything and say what to do about what is wrong; exit code 1 if something is
  help                                      this

Settings come from the environment and from a file .env in the repository's root: see docs/configuration.md.`;

/**
 * What to say to a command that does not exist.
 * @param {string} command
 */
export function unknownCommand(command) {
  return `There is no command "${command}"; "npm run switchboard -- help" lists those there are.`;
}
