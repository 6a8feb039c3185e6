public import Foundation
public import Kernel
public import Messages
public import Postgres

/// What a service does with one type of message: *load, decide, save, say*.
///
/// Many messages share one transaction. For each message of a batch `wants` names the rows it needs; the rows of all of
/// them are loaded and locked together; then `handle` runs for one message after another in their order, so that a later
/// one sees what an earlier one changed; then all rows are saved together.
public protocol Handler: Sendable {
    /// The message it takes.
    associatedtype Input: Message
    /// The service's rows.
    associatedtype Rows: WorkingRows

    /// Refuses a command whose sender may not send it, whatever the rows say: by the token's role, and by the organisation that the command
    /// names. It is asked before any row is wanted for the command, so that nobody can have others' rows locked. As a service's own
    /// keys and programmes are rows too, it goes by what the process has read of them, and is asked once more when they are loaded; only
    /// that second answer counts. A command it refuses is answered, recorded and remembered as any other that is refused.
    ///
    /// Handlers of people's commands have it from `JudgesSender` (in `Access`), which asks `mayAct`. By default all are admitted.
    func admit(_ input: Input, context: HandlingContext) throws(Refusal)

    /// Names the rows this message needs. Touches nothing outside.
    func wants(_ input: Input, in rows: inout Rows)

    /// Decides, changes the loaded rows, and says what happened.
    ///
    /// Throw a `Refusal` *before* changing a row: a refused message leaves no trace but its answer. Any other error means
    /// the message cannot be taken at all; it is set aside with its successors until an operator has looked.
    func handle(_ input: Input, context: HandlingContext, rows: inout Rows, say: inout Said) throws
}

extension Handler {
    /// All are admitted.
    public func admit(_ input: Input, context: HandlingContext) throws(Refusal) {}
}

/// The rows that a batch of messages works on. It begins empty, collects wishes, is loaded once, changed by handlers in
/// memory, and saved once.
public protocol WorkingRows: Sendable {
    /// Nothing wanted, nothing loaded.
    init()

    /// Loads and locks what is wanted: for each table one `select ... order by <key> for update`, always tables and keys
    /// in the same order, so that two batches never wait for each other in a circle.
    mutating func load(_ connection: PostgresConnection) async throws

    /// What writes the rows that have changed, many rows a step. It leaves in one round trip, in this order, with everything else that
    /// the batch writes and with its COMMIT.
    func writes() throws -> [PostgresStep]
}

extension WorkingRows {
    /// Writes what has changed, for who works on rows outside a batch: at the latest when the transaction commits.
    public func save(_ connection: PostgresConnection) throws { try connection.enqueue(try writes()) }
}

/// What a handler knows besides the message's body.
public struct HandlingContext: Sendable {
    /// The envelope the message came in.
    public let envelope: Envelope

    /// The instant that counts as now. It is the envelope's, so that lag, outage and replay change no outcome.
    public var now: Date { envelope.time }
}

/// What a handler wants said when its decision is committed. Everything goes out through the outbox, or not at all.
public struct Said: Sendable {
    /// One message to go out.
    struct Remark: Sendable {
        let type: MessageType
        let topic: String
        let key: String
        let isVersioned: Bool
        let body: [UInt8]
        let delay: Duration?
    }

    private(set) var remarks: [Remark] = []
    private(set) var result: String?
    private(set) var auditDetail: String?

    init() {}

    /// Tells all services what happened. Events of one key reach every reader in the order they were said.
    public mutating func publish<E: Event>(_ event: E, key: String) throws {
        try add(event, topic: E.topic, key: key, isVersioned: true)
    }

    /// Asks the service that owns the command's type to do something.
    ///
    /// - Parameter delay: how long the command stays before it goes out, by the wall clock; what this service sends under the same key
    ///   meanwhile stays behind it. For what cannot be done just now. Less than `MessagingOptions.patienceWithHoles`, so that nobody
    ///   takes it for lost.
    public mutating func send<C: Command>(_ command: C, key: String, after delay: Duration? = nil) throws {
        try add(command, topic: C.topic, key: key, isVersioned: false, delay: delay)
    }

    /// Adds to the answer of a command that was done. At most once a message.
    public mutating func answer(_ result: some Encodable) throws {
        self.result = String(decoding: try MessageBody.encode(result), as: UTF8.self)
    }

    /// Adds to the audit row of this decision: what was compared, under which version of which programme.
    public mutating func audit(_ detail: some Encodable) throws {
        auditDetail = String(decoding: try MessageBody.encode(detail), as: UTF8.self)
    }

    mutating func add<M: Message>(_ message: M, topic: String, key: String, isVersioned: Bool, delay: Duration? = nil) throws {
        let body = try MessageBody.encode(message)
        try OutboxDraft.check(key: key, body: body)
        remarks.append(Remark(type: M.type, topic: topic, key: key, isVersioned: isVersioned, body: body, delay: delay))
    }
}
