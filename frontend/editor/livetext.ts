/** What has to be done to one text to make it another. */

/** The one change that makes b of a; undefined if they are the same. */
export function difference(a: string, b: string): { from: number; to: number; insert: string } | undefined {
  if (a === b) return undefined;
  const most = Math.min(a.length, b.length);
  let from = 0;
  while (from < most && a[from] === b[from]) from++;
  let tail = 0;
  while (tail < most - from && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  // Not between the halves of a surrogate pair.
  if (from > 0 && /[\uD800-\uDBFF]/.test(a[from - 1] ?? "")) from--;
  if (tail > 0 && /[\uDC00-\uDFFF]/.test(a[a.length - tail] ?? "")) tail--;
  return { from, to: a.length - tail, insert: b.slice(from, b.length - tail) };
}
