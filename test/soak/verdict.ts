// What the samples of a soak say: whether memory is flat, and whether anything falls behind more and more.
import { median } from '../bench/histogram.js';

/** One second of a soak. */
export interface Sample {
  readonly rssMiB: number;
  /** Of the main thread. */
  readonly heapMiB: number;
  /** Of the view that is furthest behind the log. */
  readonly lagSeconds: number;
  /** How late the callers are. */
  readonly behindMs: number;
  /** Steps that were done in this second: commands and questions. */
  readonly steps: number;
}

export interface Verdict {
  /** Medians of the first and the last third. */
  readonly first: Sample;
  readonly last: Sample;
  /** By how much the median of resident memory has grown, as a part of itself. */
  readonly memoryGrowth: number;
  /** What is not as it should be; empty where all is well. */
  readonly wrong: readonly string[];
}

/** By how much memory may grow from the first to the last third. */
const MOST_GROWTH = 0.05;
/** Differences below these are the machine's. */
const LAG_NOISE = { seconds: 0.5, ms: 250 };

/** @param samples without those of the time to warm up. @throws Error where there are too few samples to tell. */
export function verdictOf(samples: readonly Sample[]): Verdict {
  const third = Math.floor(samples.length / 3);
  if (third < 5) throw new Error(`${samples.length} samples are too few: let it run for a minute at least`);
  const [first, last] = [medians(samples.slice(0, third)), medians(samples.slice(-third))];
  const memoryGrowth = last.rssMiB / first.rssMiB - 1;
  const wrong = [
    ...(memoryGrowth > MOST_GROWTH ? [`memory has grown by ${(memoryGrowth * 100).toFixed(1)} %`] : []),
    ...(grows(first.lagSeconds, last.lagSeconds, LAG_NOISE.seconds) ? ['the views fall behind more and more'] : []),
    ...(grows(first.behindMs, last.behindMs, LAG_NOISE.ms) ? ['the callers fall behind more and more'] : []),
  ];
  return { first, last, memoryGrowth, wrong };
}

function grows(before: number, after: number, noise: number): boolean {
  return after > before + noise && after > before * 1.5;
}

function medians(samples: readonly Sample[]): Sample {
  const of = (figure: (sample: Sample) => number) => median(samples.map(figure));
  return {
    rssMiB: of(({ rssMiB }) => rssMiB),
    heapMiB: of(({ heapMiB }) => heapMiB),
    lagSeconds: of(({ lagSeconds }) => lagSeconds),
    behindMs: of(({ behindMs }) => behindMs),
    steps: of(({ steps }) => steps),
  };
}
