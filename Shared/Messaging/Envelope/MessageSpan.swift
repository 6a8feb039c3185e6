import Messages
import StrictJSON
import Tracing

/// Reports the handling of a message to the process's tracing backend, as a span of the message's trace.
///
/// `traceparent` is passed on with or without a backend; see `TraceContext`.
enum MessageSpan {
    /// Begins a span. Nil if there is no backend, which is the usual case.
    static func begin(_ envelope: Envelope) -> (any Span)? {
        let tracer = InstrumentationSystem.tracer
        guard !(tracer is NoOpTracer) else { return nil }
        var context = ServiceContext.topLevel
        if let trace = envelope.trace {
            InstrumentationSystem.instrument.extract([EnvelopeHeaders.trace: trace.traceparent], into: &context, using: HeaderExtractor())
        }
        let span = tracer.startAnySpan(envelope.type.description, context: context, ofKind: .consumer)
        span.attributes["messaging.message.id"] = envelope.id.lowercased
        span.attributes["messaging.source"] = envelope.source
        return span
    }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from headers: [String: String]) -> String? { headers[key.lowercased()] }
}
