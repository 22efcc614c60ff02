interface WordsProps {
  readonly children: string;
  /** A name, a time, a count, a status: what a translator would only spoil. */
  readonly fixed?: boolean;
}

/** Text that changes, or that comes and goes. It is replaced as a whole, and with it whatever a translator has made of the text before. */
export function Words({ children, fixed = false }: WordsProps) {
  return (
    <span key={children} translate={!fixed}>
      {children}
    </span>
  );
}
