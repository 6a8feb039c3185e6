import Foundation
import Kafka
public import Messages

/// What the service that was asked has said of a command.
public enum Reply: Sendable, Hashable {
    /// It is decided.
    case decided(Outcome)
    /// It is kept and not decided: it is set aside, or waits behind one that is. An outcome follows when an operator has looked.
    case setAside(CommandSetAside)

    /// The decision, where there is one.
    public var outcome: Outcome? { if case .decided(let outcome) = self { outcome } else { nil } }

    /// The command it is about.
    var commandID: UUID {
        switch self {
        case .decided(let outcome): outcome.commandID
        case .setAside(let note): note.commandID
        }
    }

    /// The note, where there is no decision yet.
    public var note: CommandSetAside? { if case .setAside(let note) = self { note } else { nil } }
}

extension Reply {
    /// Of a record on `replies`; nil for what is neither.
    init?(_ record: KafkaRecord) {
        let type = record.headers.first { $0.name == EnvelopeHeaders.type }?.value.flatMap { String(validating: $0, as: UTF8.self) }
        switch type.flatMap(MessageType.init(parsing:)) {
        case Outcome.type:
            guard let outcome = try? MessageBody.decode(Outcome.self, from: record.value) else { return nil }
            self = .decided(outcome)
        case CommandSetAside.type:
            guard let note = try? MessageBody.decode(CommandSetAside.self, from: record.value) else { return nil }
            self = .setAside(note)
        default: return nil
        }
    }
}
