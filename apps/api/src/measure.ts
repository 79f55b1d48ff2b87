// What is read of the running server whenever somebody asks for its metrics.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { reactors } from '#catalogue/reactors.js';
import { views } from '#catalogue/views.js';
import { START } from '#event-store/event-store.js';
import type { Installation } from '#installation/installation.js';
import { FeedConnections } from '#integrations/feed-connections.js';
import type { Metrics } from '#telemetry/metrics.js';

/** Adds the gauges of an installation, and of the app that serves it. */
export function measure(metrics: Metrics, { events, freshness, records }: Installation, app: NestFastifyApplication): void {
  const lags = async () => {
    const head = await events.head();
    const all = await freshness.lag(views);
    return all.map(({ view, position, seconds }) => ({
      labels: { view },
      seconds,
      events: events.eventsBetween(position ?? START, head),
    }));
  };
  const work = () =>
    Promise.all(reactors.map(async ({ name }) => ({ labels: { reactor: name }, ...(await records.workCounts(name)) })));
  const feed = app.get(FeedConnections, { strict: false });
  metrics.gauge('view_lag_events', 'Events in the log that a view has not passed.', ['view'], async () =>
    (await lags()).map(({ labels, events: value }) => ({ labels, value })),
  );
  metrics.gauge('view_lag_seconds', 'The age of the oldest event that a view has not passed.', ['view'], async () =>
    (await lags()).map(({ labels, seconds: value }) => ({ labels, value })),
  );
  metrics.gauge('work_waiting', 'Work of a reactor that is due or will be.', ['reactor'], async () =>
    (await work()).map(({ labels, waiting: value }) => ({ labels, value })),
  );
  metrics.gauge('work_parked', 'Work of a reactor that was given up until somebody asks for it again.', ['reactor'], async () =>
    (await work()).map(({ labels, parked: value }) => ({ labels, value })),
  );
  metrics.gauge('feed_streams', 'Open streams of events.', [], () => [{ value: feed.count }]);
}
