/** Where instants come from. Injected, so that a test can set it; rules get `now` as data instead. */
export abstract class Clock {
  /** ISO 8601, UTC, milliseconds. */
  abstract now(): string;
}
