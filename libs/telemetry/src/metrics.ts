// What the process counts and measures for an operator, in the words of Prometheus. Labels name parts of the
// product only: never a tenant, a license, a person or an address (test/metrics.spec.ts walks them all).
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Values of a gauge at the time of a scrape, each with its labels. */
export type Reading = readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];

/** What a store says of its writes. */
export type AppendEnd = 'appended' | 'conflict' | 'refused';

export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = this.histogram('http_request_duration_seconds', 'Requests that were answered.', FAST, [
    'method',
    'route',
    'status',
  ]);
  private readonly limits = this.counter('http_rate_limited_total', 'Requests that were refused for their number.', ['bucket']);
  private readonly appends = this.histogram('append_duration_seconds', 'Appends, from the call to the answer.', FAST, ['end']);
  private readonly commits = this.histogram('commit_appends', 'Appends that became durable together (group commit).', SIZES, []);
  private readonly events = this.counter('events_appended_total', 'Events that were appended.', []);

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('build_info', 'The version of the product.', ['version'], () => [{ labels: { version }, value: 1 }]);
  }

  /** A request was answered. `route` is the pattern, not the address; null where there is none. */
  answered(method: string, route: string | null, status: number, seconds: number): void {
    this.requests.observe({ method, route: route ?? 'none', status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  /** A request was refused because there were too many of its sort. */
  limited(bucket: string): void {
    this.limits.inc({ bucket });
  }

  /** An append of so many events has come to an end. */
  appendEnded(end: AppendEnd, events: number, seconds: number): void {
    this.appends.observe({ end }, seconds);
    if (end === 'appended') this.events.inc(events);
  }

  /** So many appends were answered by one commit. */
  committed(appends: number): void {
    this.commits.observe(appends);
  }

  /** Has a gauge read when somebody asks. One that cannot be read is left out of that answer. */
  gauge(name: string, help: string, labelNames: readonly string[], read: () => Reading | Promise<Reading>): void {
    const gauge = new Gauge({
      name: `keyledger_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      collect: async () => {
        gauge.reset();
        const values = await Promise.resolve()
          .then(read)
          .catch((): Reading => []);
        for (const { labels = {}, value } of values) gauge.set(labels, value);
      },
    });
  }

  /** The text of everything, and its media type. */
  async exposition(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  private histogram<L extends string>(name: string, help: string, buckets: number[], labelNames: readonly L[]) {
    return new Histogram({ name: `keyledger_${name}`, help, buckets, labelNames, registers: [this.registry] });
  }

  private counter<L extends string>(name: string, help: string, labelNames: readonly L[]) {
    return new Counter({ name: `keyledger_${name}`, help, labelNames, registers: [this.registry] });
  }
}
