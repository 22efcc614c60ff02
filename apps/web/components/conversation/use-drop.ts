import { useRef, useState, type DragEvent } from 'react';

export interface Drop {
  /** Files are held over the element. */
  readonly over: boolean;
  readonly handlers: {
    readonly onDragEnter: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');

/** Lets files be dropped onto an element, its children included. */
export function useDrop(enabled: boolean, take: (files: readonly File[]) => void): Drop {
  // A child that is entered is told before its parent is told to be left.
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const move = (event: DragEvent, by: number) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + by);
    setOver(enabled && depth.current > 0);
  };
  return {
    over,
    handlers: {
      onDragEnter: (event) => move(event, 1),
      onDragLeave: (event) => move(event, -1),
      // Without this the browser would open the file in place of the console.
      onDragOver: (event) => move(event, 0),
      onDrop: (event) => {
        move(event, -depth.current);
        if (enabled && event.dataTransfer.files.length > 0) take([...event.dataTransfer.files]);
      },
    },
  };
}
