const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether PostgreSQL takes `value` as a `uuid` and spells it the same way (but for case). */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
