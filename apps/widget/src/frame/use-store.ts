import { useEffect, useState } from 'preact/hooks';

interface Store<S> {
  getSnapshot(): S;
  subscribe(listener: () => void): () => void;
}

/** The store's snapshot; the component is rendered again whenever it changes. */
export function useStore<S>(store: Store<S>): S {
  const [snapshot, setSnapshot] = useState(() => store.getSnapshot());
  useEffect(() => {
    const update = () => setSnapshot(() => store.getSnapshot());
    update();
    return store.subscribe(update);
  }, [store]);
  return snapshot;
}
