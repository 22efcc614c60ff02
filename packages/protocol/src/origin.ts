/** Whether this is the origin of a web page, such as `https://shop.example`: without a path, and without what separates origins in a header. */
export function isWebOrigin(value: string): boolean {
  return /^https?:\/\/[^\s,;'"]+$/.test(value) && URL.canParse(value) && new URL(value).origin === value;
}
