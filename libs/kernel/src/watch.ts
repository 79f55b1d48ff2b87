// Sees what a rule reads: hands it values that note which of their members are looked at. Pure.
import { sameJson } from './json.js';

const below = (pointer: string, member: string) => `${pointer}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
const above = (pointer: string) => pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));

/** What was read, by JSON pointer (RFC 6901); a value that is not there is undefined. */
export type Seen = ReadonlyMap<string, unknown>;

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export class Watch {
  private seen = new Map<string, unknown>();
  /** Of these all members are looked at: they count as one value. */
  private whole = new Set<string>();
  private readonly proxies = new WeakMap<object, object>();

  /** The same value; whatever is read of it from now on is noted, as deep down as it is read. */
  of<T>(value: T, pointer = ''): T {
    if (!isPlain(value)) return value;
    const known = this.proxies.get(value);
    if (known) return known as T;
    const proxy = new Proxy(value, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof name === 'symbol') return member;
        this.note(below(pointer, name), member);
        return this.of(member, below(pointer, name));
      },
      has: (target, name) => {
        if (typeof name === 'string') this.note(below(pointer, name), Reflect.get(target, name));
        return Reflect.has(target, name);
      },
      ownKeys: (target) => {
        this.noteWhole(pointer, target);
        return Reflect.ownKeys(target);
      },
      getOwnPropertyDescriptor: (target, name) => {
        if (typeof name === 'string') this.note(below(pointer, name), Reflect.get(target, name));
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
    this.proxies.set(value, proxy);
    return proxy;
  }

  /** What was read since it was asked last, in order, without what was only passed through. */
  take(): Seen {
    const { seen } = this;
    this.seen = new Map();
    this.whole = new Set();
    return seen;
  }

  private note(pointer: string, value: unknown): void {
    for (let around = above(pointer); around !== ''; around = above(around)) {
      if (this.whole.has(around)) return;
      this.seen.delete(around);
    }
    if (!this.seen.has(pointer) && !this.readBelow(pointer)) this.seen.set(pointer, value);
  }

  private noteWhole(pointer: string, value: unknown): void {
    for (const other of [...this.seen.keys()]) if (other.startsWith(`${pointer}/`)) this.seen.delete(other);
    this.note(pointer, value);
    this.whole.add(pointer);
  }

  private readBelow(pointer: string): boolean {
    return [...this.seen.keys()].some((other) => other.startsWith(`${pointer}/`));
  }
}

/** The value at a pointer; undefined where there is none. */
export function valueAt(value: unknown, pointer: string): unknown {
  const members = pointer === '' ? [] : pointer.slice(1).split('/');
  return members.reduce<unknown>((at, member) => {
    const name = member.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined;
  }, value);
}

/** For each pointer the last event that changed what stands there, while `step` folds the events; none where no event did. */
export function lastWriters<State, Event>(
  events: Iterable<Event>,
  initial: State,
  step: (state: State, event: Event) => State,
  pointers: Iterable<string>,
): ReadonlyMap<string, Event> {
  const asked = [...pointers];
  const writers = new Map<string, Event>();
  let state = initial;
  for (const event of events) {
    const after = step(state, event);
    for (const pointer of asked) {
      const [one, other] = [valueAt(state, pointer), valueAt(after, pointer)];
      if (one !== other && !sameJson(one, other)) writers.set(pointer, event);
    }
    state = after;
  }
  return writers;
}
