import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Postgres
import Programme
import ProgrammeStore

/// The programmes; no token is needed.
struct ProgrammeRoutes: Sendable {
    let api: PortalAPI

    func add(to routes: APIRoutes) {
        routes.get("programmes") { _, _ in
            let now = try await api.clock.now()
            let known = try await known()
            return try APIResponse(.ok, ["items": try known.versions.map { try read($0, known, now) }])
        }
        routes.get("programmes/{id}") { _, context in
            let now = try await api.clock.now()
            let known = try await known()
            let id = context.parameters.get("id") ?? ""
            // The version in force; if there is none, the last version.
            let programme = try (try? known.inForce(id, at: now)) ?? last(id, known)
            return try APIResponse(.ok, ProgrammeView(programme, at: now))
        }
    }

    private func known() async throws -> ProgrammeRows {
        try await api.pool.withConnection { connection in
            var rows = ProgrammeRows()
            try await rows.load(connection)
            return rows
        }
    }

    private func read(_ version: ProgrammeVersion, _ known: ProgrammeRows, _ now: Date) throws -> ProgrammeView {
        ProgrammeView(try known.version(version.programmeID, version.version), at: now)
    }

    private func last(_ id: String, _ known: ProgrammeRows) throws -> Programme {
        try known.version(id, known.versions.last { $0.programmeID == id }?.version ?? 1)
    }
}

/// A programme in the API.
struct ProgrammeView: Encodable, Sendable {
    /// An id with its titles.
    struct Term: Encodable, Sendable {
        let id: String
        let title: LocalisedText
    }

    struct Tier: Encodable, Sendable {
        let id: String
        let title: LocalisedText
        let quotaFen: Fen
        let clauses: [String]
    }

    struct Window: Encodable, Sendable {
        let id: String
        let title: LocalisedText
        let isOpen: Bool
        let clauses: [String]
    }

    let id: String
    let version: Int
    let title: LocalisedText
    let city: String
    let effectiveFrom: CalendarDate
    let effectiveThrough: CalendarDate
    let isInForce: Bool
    let tiers: [Tier]
    let categories: [Term]
    let windows: [Window]

    init(_ programme: Programme, at now: Date) {
        id = programme.id
        version = programme.version
        title = programme.title
        city = programme.city
        effectiveFrom = programme.effective.lowerBound
        effectiveThrough = programme.effective.upperBound
        isInForce = programme.isInForce(at: now)
        tiers = programme.tiers.map { Tier(id: $0.id, title: $0.title, quotaFen: $0.quota, clauses: $0.citation.clauses) }
        categories = programme.categories.map { Term(id: $0.id, title: $0.title) }
        windows = programme.windows.map { window in
            Window(
                id: window.id, title: window.title, isOpen: programme.refusal(outside: window.id, at: now) == nil,
                clauses: window.citation.clauses)
        }
    }
}
