import Kernel
public import Messages

/// A service's table of contents: every message it takes, and who it takes it from.
///
/// ```swift
/// let contents = Contents(service: "counter", rows: CounterRows.self, commandsFrom: ["portal"]) {
///     Takes(AddAmountHandler())
///     Follows(PriceChangedHandler())
/// }
/// ```
public struct Contents<Rows: WorkingRows>: Sendable {
    /// The service's name: its topics, its consumer group and the `source` of what it says.
    public let service: String
    /// Which services send commands to this one, by name. When the log is lost they are asked to send again; the operator's tool is none of
    /// them, since it keeps nothing and sends again by itself until it is answered.
    public let commandsFrom: [String]
    /// Whoever this service sends commands to and waits for the answers of.
    public let asks: [String]
    /// Services whose audit heads are kept here although nothing else of what they tell is followed.
    public let keepsHeadsOf: [String]

    let entries: [MessageType: Entry<Rows>]
    /// The rows that a batch begins with.
    private(set) var emptyRows: @Sendable () -> Rows = { Rows() }

    /// A table of contents. A type that stands twice is a mistake in the program: the later entry would hide the earlier,
    /// so `problems` names it and the service does not start.
    public init(
        service: String, rows: Rows.Type, commandsFrom: [String] = [], asks: [String] = [], keepsHeadsOf: [String] = [],
        @ContentsBuilder<Rows> _ entries: () -> [Entry<Rows>]
    ) {
        let listed = entries()
        self.service = service
        self.commandsFrom = commandsFrom
        self.asks = asks
        self.keepsHeadsOf = keepsHeadsOf
        self.entries = Dictionary(listed.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
        self.problems = Self.problems(service: service, entries: listed)
    }

    /// The same table whose rows begin as `prepare` leaves them: what an installation's settings say of them.
    public func preparing(_ prepare: @escaping @Sendable (inout Rows) -> Void) -> Contents {
        var contents = self
        contents.emptyRows = { [emptyRows] in
            var rows = emptyRows()
            prepare(&rows)
            return rows
        }
        return contents
    }

    /// Mistakes in the table, empty when it is sound.
    public let problems: [String]

    /// The topics to read: its own commands, the events it follows, and answers where it asks.
    public var topics: [String] {
        [Topic.commands(of: service)] + follows.map(Topic.events(of:)).sorted() + (asks.isEmpty ? [] : [Topic.replies])
    }

    /// The topics that the table has the service read and write: those to read, its own, and the commands of whoever it asks to send again
    /// what the log has lost. What its handlers send besides is not in it.
    public var usedTopics: Set<String> {
        let asked = follows.union(commandsFrom).union(asks)
        return Set(topics + Topic.all(of: service) + asked.map(Topic.commands(of:)))
    }

    /// The services whose events it reads.
    private var follows: Set<String> {
        Set(entries.values.filter { $0.kind == .event }.map(\.type.service)).union(keepsHeadsOf)
    }

    /// The handlers of commands, by the command: for a test that holds what all of them must be.
    public var commandHandlers: [MessageType: any Sendable.Type] {
        entries.filter { $0.value.kind == .command }.mapValues(\.handler)
    }

    /// Who is known to write to a topic this service reads.
    func writers(to topic: String) -> [String] {
        if topic == Topic.commands(of: service) { return commandsFrom }
        if topic == Topic.replies { return asks }
        let told = entries.values.filter { $0.kind == .event }.map(\.type.service) + keepsHeadsOf
        return told.first { Topic.events(of: $0) == topic }.map { [$0] } ?? []
    }

    private static func problems(service: String, entries: [Entry<Rows>]) -> [String] {
        let doubles = Dictionary(grouping: entries, by: \.type).filter { $0.value.count > 1 }.keys.map { "\($0) has two handlers" }
        let foreign = entries.filter { $0.kind == .command && $0.type.service != service }
            .map { "\($0.type) is a command of another service" }
        let nameless = EnvelopeHeaders.serviceName(service) == service ? [] : ["\"\(service)\" cannot be the name of a service"]
        return (doubles + foreign + nameless).sorted()
    }
}

/// One line of a table of contents.
public struct Entry<Rows: WorkingRows>: Sendable {
    enum Kind: Sendable { case command, event }

    let type: MessageType
    let kind: Kind
    let handler: any Sendable.Type
    let bind: @Sendable ([UInt8]?) throws(EnvelopeFault) -> BoundHandler<Rows>

    init<H: Handler>(_ handler: H, kind: Kind) where H.Rows == Rows {
        type = H.Input.type
        self.kind = kind
        self.handler = H.self
        bind = { body throws(EnvelopeFault) in
            let input = try MessageBody.decode(H.Input.self, from: body)
            return BoundHandler(
                admit: { context throws(Refusal) in try handler.admit(input, context: context) },
                wants: { handler.wants(input, in: &$0) },
                handle: { try handler.handle(input, context: $0, rows: &$1, say: &$2) })
        }
    }
}

/// A handler together with the message it is to handle.
struct BoundHandler<Rows: WorkingRows>: Sendable {
    var admit: @Sendable (HandlingContext) throws(Refusal) -> Void = { _ throws(Refusal) in }
    let wants: @Sendable (inout Rows) -> Void
    let handle: @Sendable (HandlingContext, inout Rows, inout Said) throws -> Void
}

/// The service takes this command.
public func Takes<H: Handler>(_ handler: H) -> Entry<H.Rows> where H.Input: Command { Entry(handler, kind: .command) }

/// The service follows this event.
public func Follows<H: Handler>(_ handler: H) -> Entry<H.Rows> where H.Input: Event { Entry(handler, kind: .event) }

/// Collects the lines of a table of contents.
@resultBuilder
public enum ContentsBuilder<Rows: WorkingRows> {
    /// The lines as they stand.
    public static func buildBlock(_ entries: Entry<Rows>...) -> [Entry<Rows>] { entries }
}
