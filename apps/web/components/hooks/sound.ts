import { playChime } from '@switchboard/presentation';
import { readStored, writeStored } from './stored-value.ts';

/** `blocked`: wanted, but the browser waits for a click or a key on this page first. */
export type SoundState = 'on' | 'muted' | 'blocked';

const MUTED = 'switchboard.sound.muted';
/** A tab that shows the conversation keeps the others silent: they wait this long for it to say so. */
const OTHER_TABS_WAIT_MS = 200;
const CLAIM_MS = 3_000;

/** The sound of an incoming message in this tab. */
export class Sound {
  private readonly listeners = new Set<() => void>();
  private readonly context = new AudioContext();
  private muted = readStored('local', MUTED) === 'true';

  constructor() {
    this.context.addEventListener('statechange', this.changed);
    // Not on the press: the notice that goes away then would move what is being clicked from under the pointer.
    window.addEventListener('click', this.unlock);
    window.addEventListener('keydown', this.unlock);
    window.addEventListener('storage', this.storageChanged);
  }

  readonly getSnapshot = (): SoundState => {
    if (this.muted) return 'muted';
    return this.context.state === 'running' ? 'on' : 'blocked';
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Mutes or unmutes, in every tab and after every reload. Unmuting is heard. */
  setMuted(muted: boolean): void {
    this.muted = muted;
    writeStored('local', MUTED, muted ? 'true' : null);
    this.changed();
    if (!muted) this.turnOn();
  }

  /** To be called from a click: asks the browser for sound and plays it once, so that a person knows what to listen for. */
  turnOn(): void {
    this.resume(() => playChime(this.context));
  }

  /** A message has arrived; `looking`: the person sees the conversation. Of several tabs only one sounds. */
  arrived(messageKey: string, looking: boolean): void {
    const claim = async (lock: Lock | null) => {
      if (lock === null) return;
      if (!looking && this.getSnapshot() === 'on') playChime(this.context);
      await new Promise((resolve) => setTimeout(resolve, CLAIM_MS));
    };
    const ask = () => {
      // On plain HTTP there are no locks; then every tab sounds.
      if (!('locks' in navigator)) {
        if (!looking && this.getSnapshot() === 'on') playChime(this.context);
        return;
      }
      navigator.locks.request(`switchboard sound ${messageKey}`, { ifAvailable: true }, claim).catch(this.refused);
    };
    if (looking) ask();
    else setTimeout(ask, OTHER_TABS_WAIT_MS);
  }

  close(): void {
    this.context.removeEventListener('statechange', this.changed);
    window.removeEventListener('click', this.unlock);
    window.removeEventListener('keydown', this.unlock);
    window.removeEventListener('storage', this.storageChanged);
    this.context.close().catch(this.refused);
  }

  private readonly unlock = () => {
    if (!this.muted && this.context.state !== 'running') this.resume();
  };

  private resume(then?: () => void): void {
    this.context.resume().then(then, this.refused);
  }

  private readonly storageChanged = (event: StorageEvent) => {
    if (event.key !== MUTED) return;
    this.muted = event.newValue === 'true';
    this.changed();
  };

  private readonly changed = () => {
    for (const listener of this.listeners) listener();
  };

  /** The browser would not: the state stays `blocked`, and the console shows how to turn it on. */
  private readonly refused = () => this.changed();
}
