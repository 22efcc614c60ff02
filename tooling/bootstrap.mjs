// The first thing that runs on a fresh clone: no dependencies, nothing built. This file must be readable by any Node that knows modules at all, so that
// an old one gets a sentence instead of a syntax error; everything newer is behind the import.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Switchboard needs Node 20.19 or later; this is Node ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
}
void import('./main.mjs').then((main) => main.main(process.argv.slice(2)));
