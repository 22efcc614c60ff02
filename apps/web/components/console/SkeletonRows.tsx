const WIDTHS = ['w-24', 'w-32', 'w-20', 'w-28', 'w-24', 'w-36', 'w-20', 'w-28', 'w-32', 'w-24', 'w-28', 'w-20'];

/** Placeholders for rows while they are loading. */
export function SkeletonRows() {
  return (
    <div aria-hidden="true" className="flex flex-col gap-px opacity-70">
      {WIDTHS.map((width, index) => (
        // eslint-disable-next-line react/no-array-index-key -- they never change
        <div key={index} className="flex min-h-13 flex-col justify-center gap-2 px-4.5 touch:min-h-16">
          <span className={`h-2.5 rounded bg-sunken ${width}`} />
          <span className="h-2 w-48 rounded bg-sunken" />
        </div>
      ))}
    </div>
  );
}
