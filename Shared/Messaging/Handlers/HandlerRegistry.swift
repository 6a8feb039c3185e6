import Kernel
public import Messages

/// A service's handler registry: the messages it handles, and their senders.
///
/// ```swift
/// let registry = HandlerRegistry(service: "counter", rows: CounterRows.self, commandsFrom: ["portal"]) {
///     Handles(AddAmountHandler())
///     Subscribes(PriceChangedHandler())
/// }
/// ```
public struct HandlerRegistry<Rows: UnitOfWork>: Sendable {
    /// The service's name: it names its topics, its consumer group and the `source` of its messages.
    public let service: String
    /// The services that send commands to this one, by name. After a lost log they are asked to republish. The operator's tool is not among
    /// them: it has no outbox and repeats a command itself until it is answered.
    public let commandsFrom: [String]
    /// The services to which this one sends commands and whose answers it reads.
    public let asks: [String]
    /// Services whose audit heads are stored here although no other event of theirs is subscribed to.
    public let auditHeadsFrom: [String]

    let entries: [MessageType: Entry<Rows>]
    /// Creates the unit of work of a batch.
    private(set) var emptyRows: @Sendable () -> Rows = { Rows() }

    /// Creates a handler registry. A message type with two handlers is a programming error; `problems` names it, and the service does not
    /// start.
    public init(
        service: String, rows: Rows.Type, commandsFrom: [String] = [], asks: [String] = [], auditHeadsFrom: [String] = [],
        @HandlerRegistryBuilder<Rows> _ entries: () -> [Entry<Rows>]
    ) {
        let listed = entries()
        (self.service, self.commandsFrom, self.asks, self.auditHeadsFrom) = (service, commandsFrom, asks, auditHeadsFrom)
        self.entries = Dictionary(listed.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
        self.problems = Self.problems(service: service, entries: listed)
    }

    /// The same registry, with `prepare` applied to each new unit of work, for example to set it up from the settings.
    public func preparing(_ prepare: @escaping @Sendable (inout Rows) -> Void) -> HandlerRegistry {
        var registry = self
        registry.emptyRows = { [emptyRows] in
            var rows = emptyRows()
            prepare(&rows)
            return rows
        }
        return registry
    }

    /// Errors in the registry; empty when it is valid.
    public let problems: [String]

    /// The topics to read: the service's commands, the events it subscribes to, and `replies` if it sends commands.
    public var topics: [String] {
        [Topic.commands(of: service)] + subscriptions.map(Topic.events(of:)).sorted() + (asks.isEmpty ? [] : [Topic.replies])
    }

    /// The topics that the registry makes the service use: the topics to read, its own, and the command topics of the services that it may
    /// ask to republish. Further topics that its handlers send to are not included.
    public var usedTopics: Set<String> {
        let asked = subscriptions.union(commandsFrom).union(asks)
        return Set(topics + Topic.all(of: service) + asked.map(Topic.commands(of:)))
    }

    /// The services whose events it reads.
    private var subscriptions: Set<String> {
        Set(entries.values.filter { $0.kind == .event }.map(\.type.service)).union(auditHeadsFrom)
    }

    /// The command handlers by command type, for tests of rules that apply to all of them.
    public var commandHandlers: [MessageType: any Sendable.Type] {
        entries.filter { $0.value.kind == .command }.mapValues(\.handler)
    }

    /// The services known to write to a topic that this service reads.
    func writers(to topic: String) -> [String] {
        if topic == Topic.commands(of: service) { return commandsFrom }
        if topic == Topic.replies { return asks }
        let sources = entries.values.filter { $0.kind == .event }.map(\.type.service) + auditHeadsFrom
        return sources.first { Topic.events(of: $0) == topic }.map { [$0] } ?? []
    }

    private static func problems(service: String, entries: [Entry<Rows>]) -> [String] {
        let doubles = Dictionary(grouping: entries, by: \.type).filter { $0.value.count > 1 }.keys.map { "\($0) has two handlers" }
        let foreign = entries.filter { $0.kind == .command && $0.type.service != service }
            .map { "\($0.type) is a command of another service" }
        let nameless = EnvelopeHeaders.serviceName(service) == service ? [] : ["\"\(service)\" cannot be the name of a service"]
        return (doubles + foreign + nameless).sorted()
    }
}

/// An entry of a handler registry.
public struct Entry<Rows: UnitOfWork>: Sendable {
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
                requestRows: { handler.requestRows(for: input, in: &$0) },
                handle: { try handler.handle(input, context: $0, rows: &$1, output: &$2) })
        }
    }
}

/// A handler bound to a decoded message.
struct BoundHandler<Rows: UnitOfWork>: Sendable {
    var admit: @Sendable (HandlingContext) throws(Refusal) -> Void = { _ throws(Refusal) in }
    let requestRows: @Sendable (inout Rows) -> Void
    let handle: @Sendable (HandlingContext, inout Rows, inout HandlerOutput) throws -> Void
}

/// Registers the handler of a command.
public func Handles<H: Handler>(_ handler: H) -> Entry<H.Rows> where H.Input: Command { Entry(handler, kind: .command) }

/// Registers the handler of an event.
public func Subscribes<H: Handler>(_ handler: H) -> Entry<H.Rows> where H.Input: Event { Entry(handler, kind: .event) }

/// Collects the entries of a handler registry.
@resultBuilder
public enum HandlerRegistryBuilder<Rows: UnitOfWork> {
    /// The entries, unchanged.
    public static func buildBlock(_ entries: Entry<Rows>...) -> [Entry<Rows>] { entries }
}
