public import Foundation
import Postgres
import Synchronization

/// Read-your-writes. The read models are updated by events, which arrive a moment after a command's answer. A caller that was given the
/// answer must not read an older state afterwards: before reading, it waits here until the events of the answered commands are applied.
extension Requests {
    /// Older commands are not waited for: an event that has not arrived by then is lost or parked, and needs an operator.
    fileprivate static let eventTimeout = Duration.seconds(30)

    /// Commands with events that are not applied yet, and commands that another instance may have answered; not those known to be
    /// unanswered.
    private static let isUnapplied = """
        (applied_events < event_count or (outcome is null and parked_note is null and id <> all($2::uuid[])))
        and recorded_at > now() - interval '\(eventTimeout.components.seconds) seconds'
        """

    private static let unapplied = PostgresStatement(
        "requests.unapplied",
        """
        select id from (
            select id from operation where organisation = $1 and (outcome is null or applied_events < event_count) and \(isUnapplied) limit 1000) own
        union all
        select id from operation where id = any($3::uuid[]) and \(isUnapplied)
        """)

    /// The event versions of some keys that this service has applied, for a command's consistency token. Throws `PostgresError`.
    public func appliedVersions(of streams: Set<AppliedVersions.Stream>) async throws -> AppliedVersions {
        try await lookUps.withConnection { try await AppliedVersions.load(streams, on: $0) }
    }

    /// Waits until this service has applied the events of all answered commands of an organisation and of the commands `ids`, whichever
    /// organisation sent them; at most `limit`. It does not wait for commands accepted meanwhile, unanswered, unknown or refused.
    public func waitUntilApplied(organisation: String = "", ids: [UUID] = [], within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        let unanswered = unanswered.ids
        var organisation = organisation
        var ids = ids
        while true {
            let generation = applied.generation
            ids = try await lookUps.withConnection { [organisation, ids] connection in
                try await connection.query(Self.unapplied, [organisation, unanswered, ids]).decode(UUID.self)
            }
            guard !ids.isEmpty, ContinuousClock.now < end else { return }
            // From now on only the commands found: the organisation may have sent others meanwhile.
            organisation = ""
            await applied.wait(after: generation, atMost: min(end - .now, Self.pollInterval))
            try Task.checkCancellation()
        }
    }
}

/// The commands accepted by this process whose outcome has not been returned to a caller: no caller can expect to read their effects yet.
final class UnansweredRequests: Sendable {
    private let begun = Mutex<[UUID: ContinuousClock.Instant]>([:])

    init() {}

    /// Their ids.
    var ids: [UUID] { begun.withLock { Array($0.keys) } }

    func begin(_ id: UUID) {
        begun.withLock { begun in
            // Commands that are not waited for are removed only at every 256th size, so that the removal costs little per request.
            if begun.count >= 1024, begun.count.isMultiple(of: 256) {
                let oldest = ContinuousClock.now - (Requests.eventTimeout + .seconds(5))
                begun = begun.filter { $0.value > oldest }
            }
            begun[id] = .now
        }
    }

    func end(_ id: UUID) { begun.withLock { $0[id] = nil } }
}
