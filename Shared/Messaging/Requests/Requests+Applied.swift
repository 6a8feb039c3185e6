public import Foundation
import Postgres

/// Read-your-writes. The read models are updated by events, which arrive a moment after a command's answer. A caller that was given the
/// answer must not read an older state afterwards: before reading, it waits here until the events of the answered commands are applied.
extension Requests {
    /// Older commands are not waited for: an event that has not arrived by then is lost or parked, and needs an operator.
    static let eventTimeout = Duration.seconds(30)
    /// The database is asked again after this long without a signal, which a lost connection to the other instances may have swallowed.
    private static let longestWait = Duration.seconds(1)

    /// Commands with events that are not applied yet, and commands that another instance may have answered; not those known to be
    /// unanswered.
    private static let isUnapplied = """
        (applied_events < event_count or (outcome is null and parked_note is null and id <> all($2::uuid[])))
        and recorded_at > now() - interval '\(eventTimeout.components.seconds) seconds'
        """

    private static let unappliedOf = PostgresStatement(
        "requests.unapplied-of",
        """
        select id from (
            select id from operation where organisation = $1 and (outcome is null or applied_events < event_count) and \(isUnapplied) limit 1000) own
        union all
        select id from operation where id = any($3::uuid[]) and \(isUnapplied)
        """)

    private static let unapplied = PostgresStatement(
        "requests.unapplied", "select id from operation where id = any($1::uuid[]) and \(isUnapplied)")

    /// Waits until this service has applied the events of all answered commands of an organisation and of the commands `ids`, whichever
    /// organisation sent them; at most `limit`. It does not wait for commands accepted meanwhile, unanswered, unknown or refused.
    public func waitUntilApplied(organisation: String = "", ids: [UUID] = [], within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        let unanswered = unanswered.ids
        var generation = applied.generation
        var unapplied = try await ask(Self.unappliedOf, [organisation, unanswered, ids])
        while !unapplied.isEmpty, ContinuousClock.now < end {
            await applied.wait(after: generation, atMost: min(end - .now, Self.longestWait))
            try Task.checkCancellation()
            generation = applied.generation
            unapplied = try await ask(Self.unapplied, [unapplied, unanswered])
        }
    }

    private func ask(_ statement: PostgresStatement, _ parameters: [any PostgresEncodable]) async throws -> [UUID] {
        try await lookUps.withConnection { try await $0.query(statement, parameters).decode(UUID.self) }
    }
}
