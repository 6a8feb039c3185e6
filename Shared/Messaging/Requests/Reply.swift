import Foundation
import Kafka
public import Messages

/// A service's reply to a command.
public enum Reply: Sendable, Hashable {
    /// The command is decided.
    case decided(Outcome)
    /// The command is not decided: it is parked, or waits behind a parked message. An outcome follows after an operator's redrive or
    /// discard.
    case parked(CommandSetAside)

    /// The outcome, if the command is decided.
    public var outcome: Outcome? { if case .decided(let outcome) = self { outcome } else { nil } }

    /// The note that the command is parked, if it is not decided.
    public var note: CommandSetAside? { if case .parked(let note) = self { note } else { nil } }

    /// The command's id.
    var commandID: UUID {
        switch self {
        case .decided(let outcome): outcome.commandID
        case .parked(let note): note.commandID
        }
    }

    /// Reads a record of `replies`; nil for other messages.
    init?(_ record: KafkaRecord) {
        let type = record.headers.first { $0.name == EnvelopeHeaders.type }?.value.flatMap { String(validating: $0, as: UTF8.self) }
        let reply: Reply? =
            switch type.flatMap(MessageType.init(parsing:)) {
            case Outcome.type: (try? MessageBody.decode(Outcome.self, from: record.value)).map { .decided($0) }
            case CommandSetAside.type: (try? MessageBody.decode(CommandSetAside.self, from: record.value)).map { .parked($0) }
            default: nil
            }
        guard let reply else { return nil }
        self = reply
    }
}
