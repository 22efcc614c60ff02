// The entry point on a fresh clone: no dependencies, nothing built. Any version of Node with modules must be able to parse this file, so that an old one prints a
// sentence instead of a syntax error; newer syntax is behind the import.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Switchboard needs Node 20.19 or later; this is Node ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
}
void import('./main.mjs').then((main) => main.main(process.argv.slice(2)));
