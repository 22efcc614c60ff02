interface DynamicTextProps {
  readonly children: string;
  /** False for names, times, counts and statuses, which a translator would only distort. */
  readonly translate?: boolean;
}

/**
 * Text that changes, appears or disappears. Its element is replaced as a whole, together with anything that a browser's translator has put into it: a
 * translator replaces text nodes, so they can no longer be updated.
 */
export function DynamicText({ children, translate = true }: DynamicTextProps) {
  return (
    <span key={children} translate={translate}>
      {children}
    </span>
  );
}
