// Preloaded into a server of a test: writes every span that ends, of every thread, as a line of the file that the
// environment names.
import { appendFileSync } from 'node:fs';
import { NodeTracerProvider, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-node';

const file = process.env['SPANS_FILE']!;

function lineOf(span: ReadableSpan): string {
  const { name, attributes, status, parentSpanContext, links } = span;
  const { traceId, spanId } = span.spanContext();
  const causes = links.map((link) => link.context.spanId);
  return JSON.stringify({ name, attributes, status, traceId, spanId, parent: parentSpanContext?.spanId ?? null, causes });
}

const exporter = {
  export(spans: readonly ReadableSpan[], done: (result: { code: number }) => void): void {
    for (const span of spans) appendFileSync(file, `${lineOf(span)}\n`);
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};

new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
