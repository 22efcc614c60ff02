import { playChime } from '@switchboard/presentation';
import { readStored, writeStored } from './stored-value.ts';

/** `blocked`: switched on, but the browser first requires a click or a key press on this page. */
export type SoundState = 'on' | 'muted' | 'blocked';

const MUTED = 'switchboard.sound.muted';
/** A tab that shows the conversation keeps the others silent: they wait this long for its notice. */
const OTHER_TABS_WAIT_MS = 200;
const CLAIM_MS = 3_000;

/** The sound of an incoming message in this tab. */
export class Sound {
  private readonly listeners = new Set<() => void>();
  private readonly context = new AudioContext();
  private muted = readStored('local', MUTED) === 'true';

  constructor() {
    this.context.addEventListener('statechange', this.changed);
    // Not on the press: hiding the notice then would move the click's target.
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

  /** Mutes or unmutes, in every tab and after every reload. Unmuting plays the sound. */
  setMuted(muted: boolean): void {
    this.muted = muted;
    writeStored('local', MUTED, muted ? 'true' : null);
    this.changed();
    if (!muted) this.turnOn();
  }

  /** Call it from a click: unlocks sound in the browser and plays it once, so that the operator knows it. */
  turnOn(): void {
    this.resume(() => playChime(this.context));
  }

  /** Plays the sound for a new message; `looking`: the operator sees the conversation. Only one of several tabs plays it. */
  arrived(messageKey: string, looking: boolean): void {
    const claim = async (lock: Lock | null) => {
      if (lock === null) return;
      if (!looking && this.getSnapshot() === 'on') playChime(this.context);
      await new Promise((resolve) => setTimeout(resolve, CLAIM_MS));
    };
    const ask = () => {
      // Without TLS there are no Web Locks: then every tab plays it.
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

  /** The browser refused: the state stays `blocked`, and the console shows how to turn sound on. */
  private readonly refused = () => this.changed();
}
