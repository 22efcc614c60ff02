import { useEffect, useRef, type RefObject } from 'react';

let shared: ResizeObserver | undefined;

/** One observer for all elements: it gets sizes without forcing a layout. */
function observer(): ResizeObserver {
  shared ??= new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      target.style.setProperty('contain-intrinsic-block-size', `${contentRect.height}px`);
      target.dataset.measured = '';
    }
  });
  return shared;
}

/**
 * Writes the element's height on it once it is known, and `data-measured`: from then on CSS may skip the element while it is far off the screen, and it
 * keeps exactly that height. Until then it is laid out like any other, so nothing that is estimated ever moves what a person reads.
 */
export function useMeasured(): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    observer().observe(current);
    return () => observer().unobserve(current);
  }, []);
  return element;
}
