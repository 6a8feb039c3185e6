import Access
import Foundation
import IdentityDomain
import Kernel
import Messaging
import Postgres
import ProgrammeStore

/// The rows a batch of `identity` works on.
struct IdentityRows: HoldsAccess, HoldsProgrammes {
    var access = AccessRows()
    var programmes = ProgrammeRows()
    var registrations = RegistrationRows()
    var credit = CreditRows()
    var wantedEvents: Set<HeardEvents.Stream> = []
    var heard = HeardEvents()

    mutating func load(_ connection: PostgresConnection) async throws {
        var questions = PostgresQuestions<IdentityRows>()
        questions.ask(AccessRows.all) { try $0.access.take($1) }
        if !wantedEvents.isEmpty {
            questions.ask(HeardEvents.statement, HeardEvents.parameters(wantedEvents)) { $0.heard = try HeardEvents($1) }
        }
        questions.ask(ProgrammeRows.list) { try $0.programmes.take($1) }
        try await questions.answer(&self, on: connection)
        try await programmes.fetch(connection)
        try await registrations.load(connection)
        try await credit.load(connection, andOf: registrations.creditCodes)
    }

    func writes() throws -> [PostgresStep] {
        try access.writes() + programmes.writes() + registrations.writes() + credit.writes()
    }

    /// The caller, with the roles that count in the programme; without a programme, with those that count in any. Throws QUAN-10 for an officer or
    /// reviewer of another programme.
    func actor(_ caller: Principal, in programmeID: String?) throws(Refusal) -> Actor {
        if let programmeID { Actor(try access.judged(caller, in: programmeID)) } else { Actor(try access.judgedInAnyProgramme(caller)) }
    }

    /// A registration that a caller names. Throws QUAN-07 where there is none.
    func registered(_ key: RegistrationKey) throws -> Registration {
        guard let registration = registrations[key] else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "该企业未在本项目登记。", en: "The enterprise is not registered in the programme."))
        }
        return registration
    }
}

extension Actor {
    /// Whoever a token names.
    init(_ principal: Principal) {
        self.init(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}
