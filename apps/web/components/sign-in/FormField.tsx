import { useId, type InputHTMLAttributes, type Ref } from 'react';

const FIELD =
  'h-9 w-full rounded-md border border-line-strong bg-surface px-2.5 text-14 focus-visible:border-accent focus-visible:[outline-offset:-1px] touch:h-11 touch:text-16';

interface FormFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'className'> {
  readonly label: string;
  readonly ref?: Ref<HTMLInputElement>;
  /** What is expected, below the field. */
  readonly hint?: string;
}

/** A required field with its label above it. */
export function FormField({ label, hint, ...input }: FormFieldProps) {
  const [id, hintId] = [useId(), useId()];
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-13 font-medium">
        {label}
      </label>
      <input id={id} required className={FIELD} aria-describedby={hint === undefined ? undefined : hintId} {...input} />
      {hint === undefined ? null : (
        <p id={hintId} className="text-12 text-ink-faint">
          {hint}
        </p>
      )}
    </div>
  );
}
