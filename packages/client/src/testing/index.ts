export { createTab, FakeBrowser, type FakeTab } from './fake-effects.ts';
export { FakeServer } from './fake-server.ts';
export { FakeSocket } from './fake-socket.ts';
export { lookAt } from './look-at.ts';
export { MemoryStore } from './memory-store.ts';
export { translateEverything } from './translate-everything.ts';
