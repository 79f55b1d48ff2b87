// From the answer of a write to the answer of a query that shows it, while others write at a steady pace.
import { performance } from 'node:perf_hooks';
import type { Calls } from './calls.js';
import { Histogram } from './histogram.js';
import { Connections } from './load.js';

export interface VisibleFigures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly writesPerSecond: number;
}

const TICK_MS = 5;
/** One write of so many is looked for. */
const LOOKED_FOR = 10;

/** @param rate writes per second that are due; what the server does not keep up with is told, not hidden */
export async function measureVisible(url: string, calls: Calls, rate: number, seconds: number): Promise<VisibleFigures> {
  const writer = new Connections(url, 64);
  const reader = new Connections(url, 8);
  const times = new Histogram();
  const start = performance.now();
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  const write = async (look: boolean) => {
    const call = calls.activation();
    const { headers } = await writer.send(call);
    if (!look) return;
    const answeredAt = performance.now();
    const position = String(headers['keyledger-position']);
    const { authorization, 'keyledger-tenant': tenant } = call.headers!;
    await reader.send({
      method: 'GET',
      path: '/v1/license/activations',
      headers: { authorization: authorization!, 'keyledger-tenant': tenant!, 'keyledger-position': position },
    });
    times.add(performance.now() - answeredAt);
  };
  for (let now = start; now < start + seconds * 1000; now = performance.now()) {
    for (const due = ((now - start) / 1000) * rate; sent < due; sent++) {
      const one = write(sent % LOOKED_FOR === 0).finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(underWay);
  const writesPerSecond = (sent / (performance.now() - start)) * 1000;
  await Promise.all([writer.close(), reader.close()]);
  return { p50Ms: times.quantile(0.5), p99Ms: times.quantile(0.99), writesPerSecond };
}
