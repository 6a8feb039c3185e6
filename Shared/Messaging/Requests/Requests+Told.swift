public import Foundation
import Postgres

/// Reads follow the events, a moment behind the answer that a command is done. Whoever was given that answer must not see an older state
/// afterwards: before it reads, it waits here until the events have come that tell of what it was answered.
extension Requests {
    /// What was asked for longer ago is no longer waited for: an event that has not come by then is lost or set aside, and for an operator.
    static let tellingTime = Duration.seconds(30)
    private static let longestPause = Duration.milliseconds(40)

    /// What is done and not told of, or what somebody else may have been answered already: not what nobody has been answered.
    private static let isUntold = """
        (told < event_count or (outcome is null and set_aside is null and id <> all($2::uuid[])))
        and recorded_at > now() - interval '\(tellingTime.components.seconds) seconds'
        """

    private static let untoldOf = PostgresStatement(
        "requests.untold-of",
        """
        select id from (
            select id from operation where organisation = $1 and (outcome is null or told < event_count) and \(isUntold) limit 1000) own
        union all
        select id from operation where id = any($3::uuid[]) and \(isUntold)
        """)

    private static let untold = PostgresStatement(
        "requests.untold", "select id from operation where id = any($1::uuid[]) and \(isUntold)")

    /// Waits until this service has heard of everything that an organisation has been answered to be done, and of what these requests have done,
    /// whoever made them; at most `limit`. What is asked for meanwhile is not waited for, nor what nobody has been answered yet; and for requests
    /// that nobody has made, or that were refused, there is no waiting at all.
    public func waitUntilTold(organisation: String = "", ids: [UUID] = [], within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        let unanswered = unanswered.ids
        var untold = try await ask(Self.untoldOf, [organisation, unanswered, ids])
        var pause = Duration.milliseconds(5)
        while !untold.isEmpty, ContinuousClock.now < end {
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
            untold = try await ask(Self.untold, [untold, unanswered])
        }
    }

    private func ask(_ statement: PostgresStatement, _ parameters: [any PostgresEncodable]) async throws -> [UUID] {
        try await lookUps.withConnection { try await $0.query(statement, parameters).decode(UUID.self) }
    }
}
