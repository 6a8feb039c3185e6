import Synchronization

/// The problems that stop a service's message processing, by part; empty when there are none.
public final class MessagingHealth: Sendable {
    /// Kafka is queried every two seconds. After this long without a response it counts as unreachable.
    static let responseTimeout = Duration.seconds(7)

    private struct State {
        var problems: [String: String] = [:]
        var lastAnswer: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let began = ContinuousClock.now
    /// The bootstrap servers of the Kafka cluster that is queried; nil if there is no such cluster.
    private let kafka: String?

    init(kafka: String? = nil) { self.kafka = kafka }

    /// The current problems: the part, and what is wrong with it.
    public var problems: [String: String] { problems(at: .now) }

    func problems(at now: ContinuousClock.Instant) -> [String: String] {
        var (problems, lastAnswer) = state.withLock { ($0.problems, $0.lastAnswer) }
        if let kafka {
            let silence = now - (lastAnswer ?? began)
            if lastAnswer == nil {
                problems["kafka"] = "Kafka at \(kafka) has not answered since this service began, \(silence.components.seconds) s ago"
            } else if silence > Self.responseTimeout {
                problems["kafka"] = "Kafka at \(kafka) has been silent for \(silence.components.seconds) s"
            }
        }
        return problems
    }

    func report(_ part: String, _ problem: String) { state.withLock { $0.problems[part] = problem } }

    /// Reports a problem, or clears it if there is none.
    func set(_ part: String, _ problem: String?) { state.withLock { $0.problems[part] = problem } }

    func clear(_ part: String) { state.withLock { _ = $0.problems.removeValue(forKey: part) } }

    /// Records that Kafka has responded.
    func kafkaAnswered(at now: ContinuousClock.Instant = .now) { state.withLock { $0.lastAnswer = now } }
}
