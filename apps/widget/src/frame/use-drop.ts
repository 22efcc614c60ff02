import { useEffect, useRef } from 'preact/hooks';

/** A browser opens what is dropped beside the places that take it, and the chat is gone. Words may still be dropped into a field. */
export function keepDropsOut(): void {
  for (const name of ['dragover', 'drop'] as const) {
    window.addEventListener(name, (event) => {
      const isForField = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
      if (isForField && event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
    });
  }
}

/** Gives `onFiles` the files that are dropped anywhere in the frame. */
export function useDrop(onFiles: (files: readonly File[]) => void): void {
  const newest = useRef(onFiles);
  newest.current = onFiles;
  useEffect(() => {
    const drop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0) newest.current(files);
    };
    window.addEventListener('drop', drop);
    return () => window.removeEventListener('drop', drop);
  }, []);
}
