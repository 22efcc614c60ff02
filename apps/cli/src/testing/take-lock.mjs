// Takes and releases the lock at the given path on request.
import { takeLock } from '../standalone/lock-file.mjs';

let release = () => {};
async function take() {
  const result = await takeLock(process.argv[2] ?? '', 'test');
  if ('release' in result) ({ release } = result);
  process.send?.('release' in result ? { took: true } : { took: false, holder: result.holder.pid });
}
process.on('message', (message) => {
  if (message === 'take') {
    void take();
  } else {
    release();
    process.send?.('released');
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.('up');
