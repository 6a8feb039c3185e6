public import Foundation
public import Kernel
public import Messages
public import Messaging
public import Postgres

/// The verification keys and offices by which a batch's messages are authorised; part of a service's `UnitOfWork`. All are loaded, as there
/// are few.
///
/// ```swift
/// struct OrderRows: HasAccessRows {
///     var access = AccessRows()
///     mutating func load(_ connection: PostgresConnection) async throws { try await access.load(connection) }
///     func writes() -> [PostgresStep] { access.writes() }
/// }
/// ```
public struct AccessRows: Sendable {
    private var keys: [String: VerificationKey] = [:]
    private var changed: Set<String> = []
    private var database = ""
    /// The offices of the programmes, and the rule that determines them.
    public internal(set) var offices = Offices()
    /// Whether this service owns the offices of a rehearsal and publishes them to all others.
    var ownsOffices = false
    /// Offices that were appointed in this batch, and offices received in events.
    private var appointed: [Office] = []
    private var received: [Office] = []

    /// Rows with nothing loaded.
    public init() {}

    /// The offices under another rule.
    public func offices(by rule: OfficeRule) -> Offices {
        var offices = offices
        offices.rule = rule
        return offices
    }

    /// A verifier with the loaded keys.
    public var verifier: TokenVerifier { TokenVerifier(keys: keys.values) }

    /// The sender of a command. Throws a `Refusal` (QUAN-09) that says what is wrong with the token, or `KeyNotArrived` while the command
    /// may wait for the token's key.
    ///
    /// The handler checks whether the sender's role and organisation permit the command.
    public func principal(of context: HandlingContext) throws -> Principal {
        try principal(token: context.envelope.token, receivedAt: context.now)
    }

    /// The caller with only the roles that are effective in a programme: officer and reviewer require that the organisation is the
    /// programme's office. Throws a `Refusal` under QUAN-10 if no role is left.
    public func effectivePrincipal(_ principal: Principal, in programmeID: String) throws(Refusal) -> Principal {
        try offices.effectivePrincipal(principal, in: programmeID)
    }

    /// The same for a command that belongs to no programme.
    public func effectivePrincipalInAnyProgramme(_ principal: Principal) throws(Refusal) -> Principal {
        try offices.effectivePrincipalInAnyProgramme(principal)
    }

    /// Records that an organisation has taken a step. In a rehearsal, the first organisation that acts in a role becomes the programme's
    /// office; otherwise nothing changes.
    ///
    /// - Parameters:
    ///   - roles: the roles of the caller.
    ///   - step: the roles that may take the step.
    public mutating func recordAction(
        _ organisation: UUID, in roles: Set<String>, as step: Set<String>, programmeID: String, _ output: inout HandlerOutput
    ) throws {
        guard offices.rule == .firstToAct else { return }
        for role in roles.intersection(step).sorted() where Office.isRole(role) {
            let office = Office(programmeID: programmeID, role: role, organisation: organisation)
            guard offices.appointed[office.position] == nil else { continue }
            try appoint(office, &output)
        }
    }

    /// Appoints an organisation as an office. The service that owns the offices publishes the appointment; any other service requests it.
    mutating func appoint(_ office: Office, _ output: inout HandlerOutput) throws {
        offices.appoint(office)
        appointed.append(office)
        let key = "\(office.position.programmeID)/\(office.position.role)"
        let (programme, role, organisation) = (office.position.programmeID, office.position.role, office.organisation)
        if ownsOffices {
            try output.publish(OfficeAppointed(programmeID: programme, role: role, organisation: organisation), key: key)
        } else {
            try output.send(AppointOffice(programmeID: programme, role: role, organisation: organisation), key: key)
        }
    }

    /// Records an office published by the owning service; it replaces the office known here.
    mutating func record(_ appointed: OfficeAppointed) {
        let office = Office(programmeID: appointed.programmeID, role: appointed.role, organisation: appointed.organisation)
        offices.appoint(office)
        received.append(office)
    }

    /// The same for a token that did not come with a command, over HTTP for instance.
    public func principal(token: String?, receivedAt receipt: Date) throws -> Principal {
        do throws(TokenFault) {
            return try verifier.claims(of: token, receivedAt: receipt, wallClock: WallClock().now()).principal
        } catch {
            if error == .unknownKey, TokenVerifier.keyID(of: token) != nil,
                UnknownKeyWaits.shared.mayWait(database: database, keysKnown: keys.count)
            {
                throw KeyNotArrived()
            }
            throw error.refusal
        }
    }

    /// Records a key published by identity. Throws `MalformedKey`.
    public mutating func record(_ published: KeyPublished) throws {
        let key = try VerificationKey(published)
        keys[key.keyID] = key
        changed.insert(key.keyID)
    }

    /// The query whose result `decode` reads: all keys and offices.
    public static let all = PostgresStatement(
        "access.keys",
        """
        select current_database()::text,
               (select array_agg(programme_id order by programme_id, role) from office),
               (select array_agg(role order by programme_id, role) from office),
               (select array_agg(organisation order by programme_id, role) from office),
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

    /// Two concurrent appointments of one office conflict on the primary key: the second is retried and finds the first.
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
    public mutating func load(_ connection: PostgresConnection) async throws { try decode(try await connection.query(Self.all)) }

    /// The same from the result of `all`, for callers that send several queries in one round trip.
    public mutating func decode(_ rows: PostgresRows) throws {
        for (database, programmes, roles, organisations, keyID, publicKey, notBefore, revokedAt) in try rows.decode(
            String.self, [String]?.self, [String]?.self, [UUID]?.self, String?.self, Data?.self, Date?.self, Date?.self)
        {
            self.database = database
            for ((programme, role), organisation) in zip(zip(programmes ?? [], roles ?? []), organisations ?? []) {
                offices.appoint(Office(programmeID: programme, role: role, organisation: organisation))
            }
            guard let keyID, let publicKey, let notBefore else { continue }
            keys[keyID] = VerificationKey(keyID: keyID, publicKey: publicKey, notBefore: notBefore, revokedAt: revokedAt)
        }
        VerificationKeyCache.shared.store(keys.values)
    }

    /// The statements that write the recorded keys and offices.
    public func writes() -> [PostgresStep] {
        var steps: [PostgresStep] = []
        let all = changed.sorted().compactMap { keys[$0] }
        if !all.isEmpty {
            steps.append(PostgresStep(Self.write, all.map(\.keyID), all.map(\.publicKey), all.map(\.notBefore), all.map(\.revokedAt)))
        }
        // A received office takes precedence over one appointed in the same batch, and no position is written twice.
        let last = Dictionary(received.map { ($0.position, $0) }) { _, last in last }
        if let step = Self.step(Self.appoint, appointed.filter { last[$0.position] == nil }) { steps.append(step) }
        if let step = Self.step(Self.note, Array(last.values)) { steps.append(step) }
        return steps
    }

    private static func step(_ statement: PostgresStatement, _ offices: [Office]) -> PostgresStep? {
        let all = offices.sorted { $0.position < $1.position }
        guard !all.isEmpty else { return nil }
        return PostgresStep(statement, all.map(\.position.programmeID), all.map(\.position.role), all.map(\.organisation))
    }
}

/// A service's unit of work that includes keys and offices.
public protocol HasAccessRows: UnitOfWork {
    /// The keys and offices. The rows' `load` and `writes` must call its `load` and `writes`.
    var access: AccessRows { get set }
}
