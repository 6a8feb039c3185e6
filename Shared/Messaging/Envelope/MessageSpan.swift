import Messages
import Tracing

/// Shows a message's handling to whatever tracing backend the process has, as a step of the message's own trace.
///
/// The trace itself travels in `traceparent` with or without a backend; see `TraceContext`.
enum MessageSpan {
    /// Begins a step. Nil when no backend is there, which is the usual case and costs nothing more.
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
