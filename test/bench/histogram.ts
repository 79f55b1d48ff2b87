// Times of many calls in little memory: buckets of equal relative width, as HDR histograms keep them.

/** Buckets per factor of two: a quantile is at most 1.1 % above the true one. */
const PER_DOUBLING = 64;
/** The shortest time that is told apart, in milliseconds. */
const LEAST_MS = 0.001;

export class Histogram {
  private readonly counts = new Map<number, number>();
  count = 0;

  /** @param ms from when the call was due or sent until its answer had been read */
  add(ms: number): void {
    const bucket = Math.ceil(Math.log2(Math.max(ms, LEAST_MS) / LEAST_MS) * PER_DOUBLING);
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + 1);
    this.count += 1;
  }

  /** The upper edge of the bucket in which the quantile lies; 0 where nothing was added. */
  quantile(q: number): number {
    let left = Math.ceil(q * this.count);
    for (const bucket of [...this.counts.keys()].sort((a, b) => a - b)) {
      left -= this.counts.get(bucket)!;
      if (left <= 0) return LEAST_MS * 2 ** (bucket / PER_DOUBLING);
    }
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
