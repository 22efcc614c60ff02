export { createTab, FakeBrowser, type FakeTab } from './fake-effects.ts';
export { MemoryStore } from './memory-store.ts';
