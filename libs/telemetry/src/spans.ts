// Spans through the API of OpenTelemetry. Without an SDK, which an operator preloads, nothing is made of them.
// Names and attributes are those of parts of the product: never a tenant, a license, a person or an address.
import {
  context,
  isSpanContextValid,
  ProxyTracerProvider,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';

const NAME = 'keyledger';
/** A batch may hold thousands of events; so many of their causes are enough to find one's way. */
const MOST_LINKS = 32;
const tracer = trace.getTracer(NAME);

type Attributes = Readonly<Record<string, string | number>>;

/** Whether somebody listens. */
export function isTraced(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(NAME) !== undefined;
}

/**
 * Runs a piece of work in a span, which what it calls becomes a part of.
 * @param causes `traceparent`s of what led to it in other traces
 */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
  causes: () => readonly (string | undefined)[] = () => [],
): Promise<T> {
  if (!isTraced()) return work();
  return tracer.startActiveSpan(name, { attributes, links: linksTo(causes()) }, async (span) => {
    try {
      return await work();
    } catch (error) {
      // The code of a refusal, never its words: those may name what it is about.
      const code = (error as { readonly code?: unknown } | null)?.code;
      span.setStatus({ code: SpanStatusCode.ERROR, message: typeof code === 'string' ? code : undefined });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The span of a request, which begins and ends in different callbacks. */
export class RequestSpan {
  private readonly span: Span;
  private readonly within: Context;

  /** @param traceparent of the caller, where he sent a valid one */
  constructor(method: string, route: string | null, traceparent: string | undefined) {
    const caller = traceparent === undefined ? null : spanContextOf(traceparent);
    const outside = caller ? trace.setSpanContext(context.active(), caller) : context.active();
    const attributes = { 'http.request.method': method, ...(route === null ? {} : { 'http.route': route }) };
    this.span = tracer.startSpan(route === null ? method : `${method} ${route}`, { kind: SpanKind.SERVER, attributes }, outside);
    this.within = trace.setSpan(outside, this.span);
  }

  run(work: () => void): void {
    context.with(this.within, work);
  }

  end(status: number): void {
    this.span.setAttribute('http.response.status_code', status);
    if (status >= 500) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

/** The `traceparent` of the span that the caller runs in; undefined where there is none. */
export function currentTraceparent(): string | undefined {
  const current = trace.getSpanContext(context.active());
  if (!current || !isSpanContextValid(current)) return undefined;
  return `00-${current.traceId}-${current.spanId}-${current.traceFlags.toString(16).padStart(2, '0')}`;
}

function linksTo(causes: readonly (string | undefined)[]) {
  const different = [...new Set(causes)].filter((cause) => cause !== undefined).slice(-MOST_LINKS);
  return different.flatMap((cause) => {
    const linked = spanContextOf(cause);
    return linked ? [{ context: linked }] : [];
  });
}

/** Of W3C Trace Context, version 00. */
function spanContextOf(traceparent: string): SpanContext | null {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
  if (!traceId || !spanId || !flags) return null;
  const found = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(found) ? found : null;
}
