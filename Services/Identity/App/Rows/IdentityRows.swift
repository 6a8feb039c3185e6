import Access
import Foundation
import IdentityDomain
import Kernel
import Messaging
import Postgres
import ProgrammeStore

/// The rows that a batch of `identity` works on.
struct IdentityRows: HasAccessRows, HasProgrammeRows {
    var access = AccessRows()
    var programmes = ProgrammeRows()
    var registrations = RegistrationRows()
    var credit = CreditRows()
    var requestedEvents: Set<AppliedVersions.Stream> = []
    var applied = AppliedVersions()

    mutating func load(_ connection: PostgresConnection) async throws {
        var queries = PostgresQueryBatch<IdentityRows>()
        queries.add(AccessRows.all) { try $0.access.decode($1) }
        if !requestedEvents.isEmpty {
            queries.add(AppliedVersions.statement, AppliedVersions.parameters(requestedEvents)) { $0.applied = try AppliedVersions($1) }
        }
        queries.add(ProgrammeRows.list) { try $0.programmes.decode($1) }
        try await queries.run(into: &self, on: connection)
        try await programmes.fetchFiles(connection)
        try await registrations.load(connection)
        try await credit.load(connection, andOf: registrations.creditCodes)
    }

    func writes() throws -> [PostgresStep] {
        try access.writes() + programmes.writes() + registrations.writes() + credit.writes()
    }

    /// The caller with the roles that it has in the programme; without a programme, with those that it has in any programme. Throws QUAN-10
    /// for an officer or reviewer of another programme.
    func actor(_ caller: Principal, in programmeID: String?) throws(Refusal) -> Actor {
        if let programmeID {
            Actor(try access.effectivePrincipal(caller, in: programmeID))
        } else {
            Actor(try access.effectivePrincipalInAnyProgramme(caller))
        }
    }

    /// A registration by key. Throws QUAN-07 where it does not exist.
    func registered(_ key: RegistrationKey) throws -> Registration {
        guard let registration = registrations[key] else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "该企业未在本项目登记。", en: "The enterprise is not registered in the programme."))
        }
        return registration
    }
}

extension Actor {
    /// The principal of a token.
    init(_ principal: Principal) {
        self.init(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}
