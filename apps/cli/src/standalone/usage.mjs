/** All commands. `test`, `chaos` and `bench` are tools of the clone and not part of the built program. */
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
  npm test                                  run all checks and tests
  npm run chaos                             break everything repeatedly, and verify that no message is lost or duplicated
  npm run bench [-- <name> ...]             run the benchmarks
  npm run switchboard -- <command>

Commands
  start                                     run database, relay and web app until Ctrl-C
  operator create --email E --name N --password P [--role SUPERVISOR|ADMIN] [--new]
                                            create an operator; --password-stdin reads the password from standard input; --new: in a
                                            new database, even if another installation seems to be meant
  operator list | role | password | remove  list operators; change a role or password; revoke access
  migrate                                   migrate the database to this version's schema (start does it automatically)
  backup FILE [--with-secrets]              write messages, accounts, settings and images to one file; the system may be running
  restore FILE [--replace]                  restore a backup into an empty database; --replace: replace existing data
  jobs                                      list background jobs: dead (no attempt left), running, due or waiting
  jobs retry | discard ID | --all-dead      run dead jobs again, or remove them
  settings                                  list the settings that can be changed at run time, with their last change
  settings get KEY | set KEY VALUE | reset KEY
                                            print or change a setting, or restore its default; running servers follow within 10 s
  doctor [--json]                           check everything and give advice on problems; exit code 1 if a check fails
  help                                      show this text

Settings come from the environment and from a file .env in the repository's root: see docs/configuration.md.`;

/**
 * The error for an unknown command.
 * @param {string} command
 */
export function unknownCommand(command) {
  return `There is no command "${command}"; "npm run switchboard -- help" lists the commands.`;
}
