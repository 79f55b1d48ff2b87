// A cache that is bounded by memory: one license may have a single device or 10⁵ of them, so that a bound on the
// number of states would say nothing of what they take.

interface Entry<V> {
  readonly value: V;
  /** What it takes at most. */
  readonly weight: number;
  /** What it took when it was last looked through. */
  readonly measured: number;
}

/** Below this a value is not looked through again, however much it has grown in proportion. */
const SMALL_BYTES = 4_096;

export class WeighedCache<V> {
  /** In the order of use, the longest unused first. */
  readonly #entries = new Map<string, Entry<V>>();
  #weight = 0;

  /** @param most bytes that all values together may take, as {@link weigh} estimates them */
  constructor(private readonly most: number) {}

  get weight(): number {
    return this.#weight;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Keeps a value as the one used last. @param grown by how many bytes at most since it was last kept under this key */
  set(key: string, value: V, grown: number): void {
    const before = this.#entries.get(key);
    this.#delete(key);
    const entry = weighed(value, before, grown);
    this.#entries.set(key, entry);
    this.#weight += entry.weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.most) break;
      this.#delete(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  #delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }
}

/** Looks through the value only once it may have doubled: the cost per change stays the same however large it is. */
function weighed<V>(value: V, before: Entry<V> | undefined, grown: number): Entry<V> {
  const most = (before?.weight ?? Infinity) + grown;
  if (before && most <= Math.max(SMALL_BYTES, 2 * before.measured)) return { value, weight: most, measured: before.measured };
  const measured = weigh(value);
  return { value, weight: measured, measured };
}

/** About how many bytes of memory plain data takes. */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 56;
  if (value instanceof Map) for (const [key, member] of value) bytes += 32 + weigh(key) + weigh(member);
  else if (value instanceof Set) for (const member of value) bytes += 32 + weigh(member);
  else for (const member of Object.values(value)) bytes += 16 + weigh(member);
  return bytes;
}
