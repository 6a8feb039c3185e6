import Synchronization

/// What keeps a service's messages from moving, by part; empty when they move.
public final class MessagingHealth: Sendable {
    /// Kafka is asked every two seconds. After this long without an answer it counts as away.
    static let silenceAtMost = Duration.seconds(7)

    private struct State {
        var troubles: [String: String] = [:]
        var lastAnswer: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let began = ContinuousClock.now
    /// The addresses of the Kafka whose silence is told of; nil where nobody asks it.
    private let kafka: String?

    init(kafka: String? = nil) { self.kafka = kafka }

    /// The troubles that stand now: which part, and what is wrong.
    public var problems: [String: String] { problems(at: .now) }

    func problems(at now: ContinuousClock.Instant) -> [String: String] {
        var (problems, lastAnswer) = state.withLock { ($0.troubles, $0.lastAnswer) }
        if let kafka {
            let silence = now - (lastAnswer ?? began)
            if lastAnswer == nil {
                problems["kafka"] = "Kafka at \(kafka) has not answered since this service began, \(silence.components.seconds) s ago"
            } else if silence > Self.silenceAtMost {
                problems["kafka"] = "Kafka at \(kafka) has been silent for \(silence.components.seconds) s"
            }
        }
        return problems
    }

    func report(_ part: String, _ problem: String) { state.withLock { $0.troubles[part] = problem } }

    func clear(_ part: String) { state.withLock { _ = $0.troubles.removeValue(forKey: part) } }

    /// Kafka has answered a question just now.
    func kafkaAnswered(at now: ContinuousClock.Instant = .now) { state.withLock { $0.lastAnswer = now } }
}
