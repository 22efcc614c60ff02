/** Two soft notes, synthesized: there is no file to download that could fail to load. */
const NOTES = [
  { frequency: 659.25, at: 0, peak: 0.16 },
  { frequency: 987.77, at: 0.11, peak: 0.12 },
] as const;
const DECAY_S = 0.42;

/** Plays the sound of a new message. */
export function playChime(context: AudioContext): void {
  for (const { frequency, at, peak } of NOTES) {
    const start = context.currentTime + at;
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    oscillator.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(peak, start + 0.012);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + DECAY_S);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + DECAY_S);
  }
}
