import Foundation
import Kafka
import Kernel
import Messages

/// A record as far as it can be read without a database.
struct Incoming<Rows: WorkingRows>: Sendable {
    /// What the record turned out to be.
    enum Content: Sendable {
        /// A message for a handler of this service.
        case handled(BoundHandler<Rows>)
        /// An event nobody here follows. It still counts in its key's order and in its shard's sequence.
        case passedOver
        /// A command that cannot be taken and can be answered.
        case refused(Refusal)
        /// An answer to a command of ours.
        case outcome(Outcome)
        /// A command of ours is set aside where it was sent, and not answered yet.
        case setAside(CommandSetAside)
        /// A producer's word on how far its sequence reached.
        case report(SequenceReport)
        /// How far a service has sealed its audit trail. It counts as any event does.
        case head(AuditSealed)
        /// A request that the messaging layer itself serves.
        case control(Control)
        /// Nobody can be answered: set aside.
        case unreadable(reason: String, explanation: String)
    }

    /// Requests to the messaging layer. Each is a transaction of its own.
    enum Control: Sendable {
        case republish(Republish)
        case redrive(RedriveParked)
        case discard(DiscardParked)
        case list(ListParked)
        case show(ShowParked)
        case verify(VerifyAudit)
        case heads(ListAuditHeads)
    }

    let record: KafkaRecord
    /// Nil when the envelope itself is unreadable.
    let envelope: Envelope?
    let content: Content
    /// What can be read of where it stands, also when the envelope cannot be read.
    let standing: Standing?
    /// Whether rows are loaded for it: not for a command whose sender may not send it.
    private(set) var isAdmitted = true

    init(record: KafkaRecord, envelope: Envelope?, content: Content, standing: Standing? = nil) {
        self.record = record
        self.envelope = envelope
        self.content = content
        self.standing =
            standing ?? envelope.map { Standing(source: $0.source, key: $0.key, version: $0.version, place: $0.place) }
    }

    /// How the record is held against what was seen before.
    enum Kind { case command, event, note }

    var kind: Kind {
        guard let envelope else { return .note }
        switch content {
        case .outcome, .setAside, .report: return .note
        case .control, .refused: return .command
        case .handled, .passedOver, .head: return envelope.version == nil ? .command : .event
        case .unreadable: return .note
        }
    }

    /// The same record, its sender judged by what the process knows now.
    func judged() -> Incoming {
        guard kind == .command, case .handled(let handler) = content, let envelope else { return self }
        var judged = self
        do throws(Refusal) {
            try handler.admit(HandlingContext(envelope: envelope))
            judged.isAdmitted = true
        } catch {
            judged.isAdmitted = false
        }
        return judged
    }

    /// Whether its sender, or who stands behind it, is told how it ended: a command that no other message caused.
    var isAnswered: Bool { envelope.map { $0.version == nil && $0.cause == nil } ?? false }

    /// Whether it must not be taken before what came earlier under its key. What a producer or an asked service says of its own work has no
    /// order, and what is refused as it stands, or whose sender may not send it, changes nothing.
    var hasOrder: Bool {
        switch content {
        case .outcome, .setAside, .report, .refused: false
        case .handled: isAdmitted
        case .passedOver, .head, .control, .unreadable: true
        }
    }

    /// The same command, refused.
    func refused(_ refusal: Refusal) -> Incoming {
        Incoming(record: record, envelope: envelope, content: .refused(refusal), standing: standing)
    }

    /// The same record, to be set aside whatever it holds.
    func unreadable(reason: String, explanation: String) -> Incoming {
        Incoming(record: record, envelope: envelope, content: .unreadable(reason: reason, explanation: explanation), standing: standing)
    }
}

/// The sender of a command may send it after all, by what has just been loaded: the batch is taken once more.
struct SenderJudgedAnew: TransientFailure, CustomStringConvertible {
    let description = "a command's sender was judged before the keys and programmes had been read that it is judged by"
}

/// Reads records against a service's table of contents.
struct Reader<Rows: WorkingRows>: Sendable {
    let contents: Contents<Rows>
    let bounds: CommandTimeBounds

    func read(_ record: KafkaRecord) -> Incoming<Rows> {
        do throws(EnvelopeFault) {
            let envelope = try EnvelopeHeaders.envelope(of: record)
            return Incoming(record: record, envelope: envelope, content: content(of: record, envelope))
        } catch {
            return withoutEnvelope(record, fault: error)
        }
    }

    private func content(of record: KafkaRecord, _ envelope: Envelope) -> Incoming<Rows>.Content {
        let isCommand = record.topic == Topic.commands(of: contents.service)
        do throws(EnvelopeFault) {
            if let platform = try platformContent(of: record, envelope) { return platform }
            if isCommand, let control = try control(record, envelope) { return .control(control) }
            if isCommand { return try command(record, envelope) }
            guard record.topic != Topic.replies else { throw .unknownType }
            guard envelope.version != nil else { throw .missingHeader(EnvelopeHeaders.keyVersion) }
            guard envelope.place != nil else { throw .missingHeader(EnvelopeHeaders.sequence) }
            if envelope.type == AuditSealed.type { return .head(try MessageBody.decode(AuditSealed.self, from: record.value)) }
            guard let entry = contents.entries[envelope.type], entry.kind == .event else {
                _ = try MessageBody.checked(record.value)
                return .passedOver
            }
            return .handled(try entry.bind(record.value))
        } catch {
            return isCommand
                ? .refused(error.refusal) : .unreadable(reason: error.slug, explanation: error.description)
        }
    }

    private func command(_ record: KafkaRecord, _ envelope: Envelope) throws(EnvelopeFault) -> Incoming<Rows>.Content {
        guard envelope.version == nil else { throw .malformedHeader(EnvelopeHeaders.keyVersion, expected: "absent in a command") }
        guard let entry = contents.entries[envelope.type], entry.kind == .command else {
            throw contents.unknown(envelope.type)
        }
        if let refusal = bounds.refusal(time: envelope.time, brokerTime: record.timestamp) { return .refused(refusal) }
        return .handled(try entry.bind(record.value))
    }

    /// What the platform itself says, on whichever topic it travels; nil for any other.
    private func platformContent(of record: KafkaRecord, _ envelope: Envelope) throws(EnvelopeFault) -> Incoming<Rows>.Content? {
        switch envelope.type {
        case Outcome.type where record.topic == Topic.replies: .outcome(try MessageBody.decode(Outcome.self, from: record.value))
        case CommandSetAside.type where record.topic == Topic.replies:
            .setAside(try MessageBody.decode(CommandSetAside.self, from: record.value))
        case SequenceReport.type: .report(try MessageBody.decode(SequenceReport.self, from: record.value))
        default: nil
        }
    }

    /// A request to the messaging layer. It is taken from the service's own commands only.
    private func control(_ record: KafkaRecord, _ envelope: Envelope) throws(EnvelopeFault) -> Incoming<Rows>.Control? {
        switch envelope.type {
        case Republish.type: .republish(try MessageBody.decode(Republish.self, from: record.value).checked())
        case RedriveParked.type: .redrive(try MessageBody.decode(RedriveParked.self, from: record.value))
        case DiscardParked.type: .discard(try MessageBody.decode(DiscardParked.self, from: record.value).checked())
        case ListParked.type: .list(try MessageBody.decode(ListParked.self, from: record.value))
        case ShowParked.type: .show(try MessageBody.decode(ShowParked.self, from: record.value))
        case VerifyAudit.type: .verify(try MessageBody.decode(VerifyAudit.self, from: record.value))
        case ListAuditHeads.type: .heads(try MessageBody.decode(ListAuditHeads.self, from: record.value))
        default: nil
        }
    }

    /// A command whose envelope is faulty in one place is still answered when its id and type can be read; there is a
    /// sender who waits.
    private func withoutEnvelope(_ record: KafkaRecord, fault: EnvelopeFault) -> Incoming<Rows> {
        let standing = EnvelopeHeaders.standing(of: record)
        let unreadable = Incoming<Rows>(
            record: record, envelope: nil, content: .unreadable(reason: fault.slug, explanation: fault.description), standing: standing)
        guard record.topic == Topic.commands(of: contents.service) else { return unreadable }
        func first(_ name: String) -> String? {
            record.headers.first { $0.name == name }?.value.flatMap { String(validating: $0, as: UTF8.self) }
        }
        guard let id = first(EnvelopeHeaders.id).flatMap(UUID.init(uuidString:)),
            let type = first(EnvelopeHeaders.type).flatMap(MessageType.init(parsing:)),
            record.headers.filter({ $0.name == EnvelopeHeaders.id }).count == 1
        else { return unreadable }
        let envelope = Envelope(
            id: id, source: "unknown", type: type, time: record.timestamp ?? Date(timeIntervalSince1970: 0), key: id.lowercased)
        return Incoming(record: record, envelope: envelope, content: .refused(fault.refusal), standing: standing)
    }
}

extension Contents {
    /// Whether it is the version or the type that is not known.
    fileprivate func unknown(_ type: MessageType) -> EnvelopeFault {
        let versions = entries.keys.filter { $0.service == type.service && $0.name == type.name }.map(\.version).sorted()
        return versions.isEmpty ? .unknownType : .unknownVersion(supported: versions)
    }
}
