// Product and ceiling in turn, pair by pair, so that a machine whose speed drifts does not decide the ratio.
import { median } from './histogram.js';
import { Connections, type Call, type Load } from './load.js';

export interface Side {
  readonly url: string;
  readonly next: () => Call;
}

export interface Pairs {
  readonly ratio: number;
  readonly product: { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number };
  readonly ceiling: { readonly perSecond: number; readonly p99Ms: number };
  readonly bytes: { readonly product: string; readonly ceiling: string };
}

export interface PairOptions {
  readonly pairs: number;
  readonly seconds: number;
  readonly connections: number;
}

/** Medians over all pairs. Before the first, each side runs for a second that is not counted: both compile then. */
export async function inPairs(product: Side, ceiling: Side, options: PairOptions): Promise<Pairs> {
  const sides = [product, ceiling].map(({ url, next }) => ({ to: new Connections(url, options.connections), next }));
  const runs: Load[][] = [];
  for (const { to, next } of sides) await to.run(1, next);
  for (let n = 0; n < options.pairs; n++) {
    const pair: Load[] = [];
    for (const { to, next } of sides) pair.push(await to.run(options.seconds, next));
    runs.push(pair);
  }
  await Promise.all(sides.map(({ to }) => to.close()));
  const of = (side: number, figure: (load: Load) => number) => median(runs.map((pair) => figure(pair[side]!)));
  const figures = (side: number) => ({
    perSecond: of(side, ({ perSecond }) => perSecond),
    p50Ms: of(side, ({ times }) => times.quantile(0.5)),
    p99Ms: of(side, ({ times }) => times.quantile(0.99)),
  });
  const bytes = (side: number) =>
    `${Math.round(of(side, ({ bytesSent }) => bytesSent))} sent, ${Math.round(of(side, ({ bytesReceived }) => bytesReceived))} received`;
  return {
    ratio: median(runs.map(([own, other]) => own!.perSecond / other!.perSecond)),
    product: figures(0),
    ceiling: figures(1),
    bytes: { product: bytes(0), ceiling: bytes(1) },
  };
}
