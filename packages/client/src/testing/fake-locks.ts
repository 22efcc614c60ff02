interface Request {
  readonly steal: boolean;
  readonly run: () => void;
  readonly lose: () => void;
}

const aborted = () => new DOMException('The request was aborted', 'AbortError');

/** Web Locks for the tabs of one origin: exclusive locks with `steal` and `signal`, which is what the outbox uses. */
export class FakeLocks implements Pick<LockManager, 'request'> {
  readonly #held = new Map<string, Request>();
  readonly #queues = new Map<string, Request[]>();

  /** The locks as one tab sees them. */
  asManager(): LockManager {
    return { request: this.request.bind(this), query: () => Promise.resolve({}) };
  }

  request<T>(name: string, callback: LockGrantedCallback<T>): Promise<Awaited<T>>;
  request<T>(name: string, options: LockOptions, callback: LockGrantedCallback<T>): Promise<Awaited<T>>;
  async request<T>(name: string, options: LockOptions | LockGrantedCallback<T>, callback?: LockGrantedCallback<T>): Promise<Awaited<T>> {
    if (typeof options === 'function' || callback === undefined) throw new TypeError('not used by the outbox');
    return await new Promise<Awaited<T>>((resolve, reject) => {
      const hold = async (held: Request) => {
        resolve(await callback({ name, mode: 'exclusive' }));
        if (this.#held.get(name) === held) this.#grantNext(name);
      };
      const request: Request = {
        steal: options.steal === true,
        run: () => void hold(request),
        lose: () => reject(aborted()),
      };
      options.signal?.addEventListener('abort', () => {
        this.#queues.set(
          name,
          (this.#queues.get(name) ?? []).filter((other) => other !== request),
        );
        if (this.#held.get(name) !== request) reject(aborted());
      });
      this.#enqueue(name, request);
    });
  }

  #enqueue(name: string, request: Request): void {
    const holder = this.#held.get(name);
    if (holder !== undefined && !request.steal) {
      this.#queues.set(name, [...(this.#queues.get(name) ?? []), request]);
      return;
    }
    this.#held.set(name, request);
    holder?.lose();
    queueMicrotask(request.run);
  }

  #grantNext(name: string): void {
    const [next, ...rest] = this.#queues.get(name) ?? [];
    this.#queues.set(name, rest);
    if (next === undefined) this.#held.delete(name);
    else {
      this.#held.set(name, next);
      queueMicrotask(next.run);
    }
  }
}
