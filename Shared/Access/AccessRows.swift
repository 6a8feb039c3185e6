public import Foundation
public import Kernel
public import Messages
public import Messaging
public import Postgres

/// The keys and offices a batch of messages is judged by, for a service's `WorkingRows` to hold: few, so all are loaded.
///
/// ```swift
/// struct OrderRows: HoldsAccess {
///     var access = AccessRows()
///     mutating func load(_ connection: PostgresConnection) async throws { try await access.load(connection) }
///     func writes() -> [PostgresStep] { access.writes() }
/// }
/// ```
public struct AccessRows: Sendable {
    private var keys: [String: VerificationKey] = [:]
    private var changed: Set<String> = []
    private var database = ""
    /// The offices of the programmes, and how they become known.
    public internal(set) var offices = Offices()
    /// Whether this service keeps the offices of a rehearsal for all others.
    var keepsOffices = false
    /// Offices that a decision of this batch has made, and those that were told of.
    private var appointed: [Office] = []
    private var told: [Office] = []

    /// Nothing loaded.
    public init() {}

    /// The offices as they are by a rule, for whoever reads.
    public func offices(by rule: OfficeRule) -> Offices {
        var offices = offices
        offices.rule = rule
        return offices
    }

    /// The keys that are known.
    public var verifier: TokenVerifier { TokenVerifier(keys: keys.values) }

    /// Who sends a command. Throws a `Refusal` (QUAN-09) that says what is wrong with the token, or `KeyNotArrived` while the command
    /// may wait for the token's key.
    ///
    /// Whether the role and the organisation may do it is the handler's to judge.
    public func principal(of context: HandlingContext) throws -> Principal {
        try principal(token: context.envelope.token, receivedAt: context.now)
    }

    /// The caller with the roles that count in a programme: whoever acts as an officer or reviewer belongs to the programme's office. Throws a
    /// `Refusal` under QUAN-10.
    public func judged(_ principal: Principal, in programmeID: String) throws(Refusal) -> Principal {
        try offices.judged(principal, in: programmeID)
    }

    /// The same for a command that is of no programme.
    public func judgedInAnyProgramme(_ principal: Principal) throws(Refusal) -> Principal {
        try offices.judgedInAnyProgramme(principal)
    }

    /// Notes that an organisation has acted: what it asked for is decided. In a rehearsal whoever is first to act in a role becomes the
    /// programme's office; nothing else changes.
    ///
    /// - Parameters:
    ///   - roles: the roles of the caller.
    ///   - step: the roles that may take the step.
    public mutating func acted(
        _ organisation: UUID, in roles: Set<String>, as step: Set<String>, programmeID: String, _ say: inout Said
    ) throws {
        guard offices.rule == .firstToAct else { return }
        for role in roles.intersection(step).sorted() where Office.isRole(role) {
            let office = Office(programmeID: programmeID, role: role, organisation: organisation)
            guard offices.appointed[office.place] == nil else { continue }
            try appoint(office, &say)
        }
    }

    /// Makes an organisation an office. The service that keeps them tells all others; any other asks it to.
    mutating func appoint(_ office: Office, _ say: inout Said) throws {
        offices.appoint(office)
        appointed.append(office)
        let key = "\(office.place.programmeID)/\(office.place.role)"
        let (programme, role, organisation) = (office.place.programmeID, office.place.role, office.organisation)
        if keepsOffices {
            try say.publish(OfficeAppointed(programmeID: programme, role: role, organisation: organisation), key: key)
        } else {
            try say.send(AppointOffice(programmeID: programme, role: role, organisation: organisation), key: key)
        }
    }

    /// Takes down an office that the service which keeps them has told of: its word counts.
    mutating func take(_ appointed: OfficeAppointed) {
        let office = Office(programmeID: appointed.programmeID, role: appointed.role, organisation: appointed.organisation)
        offices.appoint(office)
        told.append(office)
    }

    /// The same for a token that came another way, over HTTP for instance.
    public func principal(token: String?, receivedAt receipt: Date) throws -> Principal {
        do throws(TokenFault) {
            return try verifier.claims(of: token, receivedAt: receipt, wallClock: WallClock().now()).principal
        } catch {
            if error == .unknownKey, TokenVerifier.keyID(of: token) != nil,
                ProcessKeyWaits.shared.mayWait(database: database, keysKnown: keys.count)
            {
                throw KeyNotArrived()
            }
            throw error.refusal
        }
    }

    /// Takes down a key as identity published it. Throws `MalformedKey`.
    public mutating func take(_ published: KeyPublished) throws {
        let key = try VerificationKey(published)
        keys[key.keyID] = key
        changed.insert(key.keyID)
    }

    /// What `take` takes the answer of: all keys and offices.
    public static let all = PostgresStatement(
        "access.keys",
        """
        select current_database()::text,
               (select string_agg(programme_id || '/' || role || '=' || organisation, ',' order by programme_id, role) from office),
               key_id, public_key, not_before, revoked_at
        from (select) as one left join verification_key on true order by key_id
        """)
    private static let write = PostgresStatement(
        "access.write",
        """
        insert into verification_key (key_id, public_key, not_before, revoked_at)
        select * from unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::timestamptz[])
        on conflict (key_id) do update set not_before = excluded.not_before, revoked_at = excluded.revoked_at
        """)

    /// Two decisions that make the same office at once meet at its primary key: the second is tried again and finds it there.
    private static let appoint = PostgresStatement(
        "access.appoint",
        "insert into office (programme_id, role, organisation) select * from unnest($1::text[], $2::text[], $3::uuid[])")
    private static let note = PostgresStatement(
        "access.note-office",
        """
        insert into office (programme_id, role, organisation) select * from unnest($1::text[], $2::text[], $3::uuid[])
        on conflict (programme_id, role) do update set organisation = excluded.organisation
        """)

    /// Loads all keys and offices.
    public mutating func load(_ connection: PostgresConnection) async throws { try take(try await connection.query(Self.all)) }

    /// The same, for who asks for more in the same round trip.
    public mutating func take(_ rows: PostgresRows) throws {
        for (database, offices, keyID, publicKey, notBefore, revokedAt) in try rows.decode(
            String.self, String?.self, String?.self, Data?.self, Date?.self, Date?.self)
        {
            self.database = database
            for text in (offices ?? "").split(separator: ",") { self.offices.appoint(try Office(parsing: String(text))) }
            guard let keyID, let publicKey, let notBefore else { continue }
            keys[keyID] = VerificationKey(keyID: keyID, publicKey: publicKey, notBefore: notBefore, revokedAt: revokedAt)
        }
        KnownKeys.shared.note(keys.values)
    }

    /// Writes the keys and offices taken down.
    public func writes() -> [PostgresStep] {
        var steps: [PostgresStep] = []
        let all = changed.sorted().compactMap { keys[$0] }
        if !all.isEmpty {
            steps.append(PostgresStep(Self.write, all.map(\.keyID), all.map(\.publicKey), all.map(\.notBefore), all.map(\.revokedAt)))
        }
        // What was told of in the same batch counts, and no place is written twice.
        let last = Dictionary(told.map { ($0.place, $0) }) { _, last in last }
        if let step = Self.step(Self.appoint, appointed.filter { last[$0.place] == nil }) { steps.append(step) }
        if let step = Self.step(Self.note, Array(last.values)) { steps.append(step) }
        return steps
    }

    private static func step(_ statement: PostgresStatement, _ offices: [Office]) -> PostgresStep? {
        let all = offices.sorted { $0.place < $1.place }
        guard !all.isEmpty else { return nil }
        return PostgresStep(statement, all.map(\.place.programmeID), all.map(\.place.role), all.map(\.organisation))
    }
}

/// A service's rows that hold the keys.
public protocol HoldsAccess: WorkingRows {
    /// The keys. `load` and `writes` of the rows call those of this.
    var access: AccessRows { get set }
}
