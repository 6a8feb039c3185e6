public import Foundation
public import Kernel
public import Messages
public import Postgres

/// Handles one type of message.
///
/// Many messages share one transaction. For each message of a batch `requestRows` names the rows it needs; the rows of all messages are
/// loaded and locked together; then `handle` runs for one message after another, in order, so that a later message sees the changes of an
/// earlier one; then all rows are saved together.
public protocol Handler: Sendable {
    /// The type of message it handles.
    associatedtype Input: Message
    /// The service's unit of work.
    associatedtype Rows: UnitOfWork

    /// Refuses a command whose sender may not send it, by the token's role and the organisation that the command names. It is called before
    /// rows are requested, so that a sender cannot lock rows of others. At that point it uses the keys and programmes that the process
    /// has cached; it is called again after they are loaded, and only the second result counts. The refusal is answered, audited and
    /// remembered like any other.
    ///
    /// Handlers of users' commands get it from `AuthorisesSender` (in `Access`), which calls `authorise`. By default every sender is
    /// admitted.
    func admit(_ input: Input, context: HandlingContext) throws(Refusal)

    /// Names the rows that this message needs. It has no other effect.
    func requestRows(for input: Input, in rows: inout Rows)

    /// Decides the message, changes the loaded rows, and writes messages to `output`.
    ///
    /// Throw a `Refusal` *before* changing a row: a refused message changes nothing. After any other error that is not a `TransientFailure`
    /// the message is parked, and later messages of its key behind it, until an operator redrives or discards it.
    func handle(_ input: Input, context: HandlingContext, rows: inout Rows, output: inout HandlerOutput) throws
}

extension Handler {
    /// Admits every sender.
    public func admit(_ input: Input, context: HandlingContext) throws(Refusal) {}
}

/// The rows that a batch of messages works on. It starts empty, collects row requests, is loaded once, is changed in memory by the
/// handlers, and is saved once.
public protocol UnitOfWork: Sendable {
    /// Creates an empty unit of work.
    init()

    /// Loads and locks the requested rows: for each table one `select ... order by <key> for update`, tables and keys always in the same
    /// order, so that two batches cannot deadlock.
    mutating func load(_ connection: PostgresConnection) async throws

    /// The steps that write the changed rows, many rows per step. They are sent in this order, in one round trip with the batch's other
    /// writes and its COMMIT.
    func writes() throws -> [PostgresStep]
}

extension UnitOfWork {
    /// Writes the changed rows outside a batch, at the latest when the transaction commits.
    public func save(_ connection: PostgresConnection) throws { try connection.enqueue(try writes()) }
}

/// What a handler receives besides the message's body.
public struct HandlingContext: Sendable {
    /// The message's envelope.
    public let envelope: Envelope

    /// The decision's current time. It is the envelope's time, so that lag, outages and replays do not change an outcome.
    public var now: Date { envelope.time }
}

/// The messages, the answer and the audit detail of a decision. They are committed with it; messages are published through the outbox.
public struct HandlerOutput: Sendable {
    /// A message to be published.
    struct OutgoingMessage: Sendable {
        let type: MessageType
        let topic: String
        let key: String
        let isVersioned: Bool
        let body: [UInt8]
        let delay: Duration?
        /// The deferred command whose effect the message is; nil for the message being handled.
        var effectOf: UUID?
    }

    /// The answer to a command that was deferred.
    struct DeferredAnswer: Sendable {
        let command: UUID
        let refusal: Refusal?
        let result: String?
        let auditDetail: String?
    }

    private(set) var messages: [OutgoingMessage] = []
    private(set) var result: String?
    private(set) var auditDetail: String?
    private(set) var isReplyDeferred = false
    private(set) var deferredAnswers: [DeferredAnswer] = []

    init() {}

    /// Publishes an event. Every reader applies the events of one key in the order in which they were published.
    ///
    /// - Parameter command: the deferred command whose effect the event is, where it is not the effect of the message being handled. A caller
    ///   that was given the command's answer then reads its effect (read-your-writes).
    public mutating func publish<E: Event>(_ event: E, key: String, effectOf command: UUID? = nil) throws {
        try add(event, topic: E.topic, key: key, isVersioned: true, effectOf: command)
    }

    /// Defers the answer to the command being handled: a later transaction gives it with `reply`. Until then duplicates of the command are
    /// dropped, and its sender waits. Without effect on an event. Messaging sets no deadline; the service must set one.
    public mutating func deferReply() { isReplyDeferred = true }

    /// Answers a deferred command: refused if `refusal` is given, otherwise successful. Its answer and its audit row are committed with this
    /// decision. A command that is not deferred makes the whole decision fail with `ReplyNotDeferred`.
    ///
    /// - Parameters:
    ///   - result: the result in the answer to a successful command.
    ///   - audit: the detail of the audit row.
    public mutating func reply(
        to command: UUID, refusal: Refusal? = nil, result: (some Encodable)? = String?.none, audit: (some Encodable)? = String?.none
    ) throws {
        func text(_ value: (some Encodable)?) throws -> String? {
            try value.map { String(decoding: try MessageBody.encode($0), as: UTF8.self) }
        }
        deferredAnswers.append(
            DeferredAnswer(
                command: command, refusal: refusal, result: refusal == nil ? try text(result) : nil, auditDetail: try text(audit)))
    }

    /// Sends a command to the service that owns its type.
    ///
    /// - Parameter delay: how long publishing is deferred, by the wall clock; later messages of this service under the same key are
    ///   published after it. Must be less than `MessagingOptions.gapTimeout`, or readers take the message for lost.
    public mutating func send<C: Command>(_ command: C, key: String, after delay: Duration? = nil) throws {
        try add(command, topic: C.topic, key: key, isVersioned: false, delay: delay)
    }

    /// Sets the result in the answer to a successful command. At most once per message.
    public mutating func answer(_ result: some Encodable) throws {
        self.result = String(decoding: try MessageBody.encode(result), as: UTF8.self)
    }

    /// Sets the detail of the decision's audit row: the values compared, and the programme version.
    public mutating func audit(_ detail: some Encodable) throws {
        auditDetail = String(decoding: try MessageBody.encode(detail), as: UTF8.self)
    }

    mutating func add<M: Message>(
        _ message: M, topic: String, key: String, isVersioned: Bool, delay: Duration? = nil, effectOf: UUID? = nil
    ) throws {
        let body = try MessageBody.encode(message)
        try OutboxDraft.check(key: key, body: body)
        messages.append(
            OutgoingMessage(
                type: M.type, topic: topic, key: key, isVersioned: isVersioned, body: body, delay: delay, effectOf: effectOf))
    }
}
