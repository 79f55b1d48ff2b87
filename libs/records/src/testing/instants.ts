const EPOCH = Date.parse('2026-06-01T12:00:00.000Z');

/** An instant some seconds after a fixed one: tests bring their own time. */
export function at(seconds: number): string {
  return new Date(EPOCH + seconds * 1_000).toISOString();
}
