import AuditTrail
import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import Recovery
import StrictJSON

/// A record, decoded as far as possible without the database.
struct Incoming<Rows: UnitOfWork>: Sendable {
    /// What the record contains.
    enum Content: Sendable {
        /// A message for a handler of this service.
        case handled(BoundHandler<Rows>)
        /// An event without a handler here. It still counts in its key's versions and its shard's sequence.
        case ignored
        /// A command that is invalid and can be answered.
        case refused(Refusal)
        /// An answer to a command of this service.
        case outcome(Outcome)
        /// A command of this service is parked at its receiver and not answered yet.
        case commandParked(CommandSetAside)
        /// A producer's report of its sequence.
        case report(SequenceReport)
        /// The head of a service's audit trail. It counts as an event.
        case head(AuditSealed)
        /// A request to the messaging layer.
        case control(Control)
        /// The record cannot be read, and no sender can be answered; it is parked.
        case unreadable(reason: String, explanation: String)
    }

    /// A request to the messaging layer. Each is handled in a transaction of its own.
    enum Control: Sendable {
        case republish(Republish)
        /// Redrives the key of a parked row; if a discard is given, its head is discarded first.
        case redrive(parkedID: Int64, DiscardParked?)
        /// A query, whose output is the answer.
        case query(@Sendable (PostgresConnection) async throws -> HandlerOutput)
    }

    let record: KafkaRecord
    /// Nil when the envelope itself is unreadable.
    let envelope: Envelope?
    let content: Content
    /// The record's origin as far as it can be read, even if the envelope cannot be read.
    let origin: RecordOrigin?
    /// Whether rows are loaded for it; false for a command whose sender may not send it.
    private(set) var isAdmitted = true

    init(record: KafkaRecord, envelope: Envelope?, content: Content, origin: RecordOrigin? = nil) {
        self.record = record
        self.envelope = envelope
        self.content = content
        self.origin =
            origin ?? envelope.map { RecordOrigin(source: $0.source, key: $0.key, version: $0.version, place: $0.place) }
    }

    /// How duplicates and order are checked: by command id, by event version, or not at all.
    enum Kind { case command, event, note }

    var kind: Kind {
        guard let envelope else { return .note }
        switch content {
        case .outcome, .commandParked, .report: return .note
        case .control, .refused: return .command
        case .handled, .ignored, .head: return envelope.version == nil ? .command : .event
        case .unreadable: return .note
        }
    }

    /// The same record, with the sender checked by the cached keys and programmes.
    func withSenderChecked() -> Incoming {
        guard kind == .command, case .handled(let handler) = content, let envelope else { return self }
        var checked = self
        do throws(Refusal) {
            try handler.admit(HandlingContext(envelope: envelope))
            checked.isAdmitted = true
        } catch {
            checked.isAdmitted = false
        }
        return checked
    }

    /// The key of its watermark; nil for a record without a sequence number.
    var watermarkKey: Watermark.Key? {
        guard let origin, let place = origin.place else { return nil }
        return Watermark.Key(source: origin.source, topic: record.topic, shard: place.shard)
    }

    /// The stream and version of an event, readable or not; nil if it is not an event.
    var streamVersion: (stream: EventStream, version: Int64)? {
        guard let origin, let key = origin.key, let version = origin.version else { return nil }
        return (EventStream(source: origin.source, topic: record.topic, key: key), version)
    }

    /// Whether an answer is sent for it: true for a command that no other message caused.
    var isAnswered: Bool { envelope.map { $0.version == nil && $0.cause == nil } ?? false }

    /// Whether it must not overtake earlier messages of its key. Answers and reports have no order, and a command that is invalid, or whose
    /// sender may not send it, changes nothing.
    var hasOrder: Bool {
        switch content {
        case .outcome, .commandParked, .report, .refused: false
        case .handled: isAdmitted
        case .ignored, .head, .control, .unreadable: true
        }
    }

    /// The same command, refused.
    func refused(_ refusal: Refusal) -> Incoming {
        Incoming(record: record, envelope: envelope, content: .refused(refusal), origin: origin)
    }

    /// The same record, to be parked.
    func unreadable(reason: String, explanation: String) -> Incoming {
        Incoming(record: record, envelope: envelope, content: .unreadable(reason: reason, explanation: explanation), origin: origin)
    }
}

/// A command's sender was refused with outdated keys or programmes: the batch is processed again.
struct SenderCheckOutdated: TransientFailure, CustomStringConvertible {
    let description = "a command's sender was checked before the current keys and programmes were loaded"
}

/// Decodes records by a service's handler registry.
struct Reader<Rows: UnitOfWork>: Sendable {
    let registry: HandlerRegistry<Rows>
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
        let isCommand = record.topic == Topic.commands(of: registry.service)
        do throws(EnvelopeFault) {
            if let platform = try platformContent(of: record, envelope) { return platform }
            if isCommand, let control = try control(record, envelope) { return .control(control) }
            if isCommand { return try command(record, envelope) }
            guard record.topic != Topic.replies else { throw .unknownType }
            guard envelope.version != nil else { throw .missingHeader(EnvelopeHeaders.keyVersion) }
            guard envelope.place != nil else { throw .missingHeader(EnvelopeHeaders.sequence) }
            if envelope.type == AuditSealed.type { return .head(try MessageBody.decode(AuditSealed.self, from: record.value)) }
            guard let entry = registry.entries[envelope.type], entry.kind == .event else {
                try MessageBody.check(record.value)
                return .ignored
            }
            return .handled(try entry.bind(record.value))
        } catch {
            return isCommand
                ? .refused(error.refusal) : .unreadable(reason: error.slug, explanation: error.description)
        }
    }

    private func command(_ record: KafkaRecord, _ envelope: Envelope) throws(EnvelopeFault) -> Incoming<Rows>.Content {
        guard envelope.version == nil else { throw .malformedHeader(EnvelopeHeaders.keyVersion, expected: "absent in a command") }
        guard let entry = registry.entries[envelope.type], entry.kind == .command else {
            throw registry.unknown(envelope.type)
        }
        if let refusal = bounds.refusal(time: envelope.time, brokerTime: record.timestamp) { return .refused(refusal) }
        return .handled(try entry.bind(record.value))
    }

    /// The content of a message of the platform itself; nil for any other message.
    private func platformContent(of record: KafkaRecord, _ envelope: Envelope) throws(EnvelopeFault) -> Incoming<Rows>.Content? {
        switch envelope.type {
        case Outcome.type where record.topic == Topic.replies: .outcome(try MessageBody.decode(Outcome.self, from: record.value))
        case CommandSetAside.type where record.topic == Topic.replies:
            .commandParked(try MessageBody.decode(CommandSetAside.self, from: record.value))
        case SequenceReport.type: .report(try MessageBody.decode(SequenceReport.self, from: record.value))
        default: nil
        }
    }

    /// The request to the messaging layer, if it is one. Only the service's own command topic carries them.
    private func control(_ record: KafkaRecord, _ envelope: Envelope) throws(EnvelopeFault) -> Incoming<Rows>.Control? {
        func query<Q: Message, A: Encodable & SendableMetatype>(
            _: Q.Type, _ answer: @escaping @Sendable (Q, PostgresConnection) async throws -> A
        ) throws(EnvelopeFault) -> Incoming<Rows>.Control {
            let request = try MessageBody.decode(Q.self, from: record.value)
            return .query { connection in
                var output = HandlerOutput()
                try output.answer(try await answer(request, connection))
                return output
            }
        }
        switch envelope.type {
        case Republish.type:
            let request = try MessageBody.decode(Republish.self, from: record.value)
            guard request.places.allSatisfy({ (0..<Shard.count).contains($0.shard) }) else {
                throw .body(.notOfType("places: shards from 0 to \(Shard.count - 1) were expected"))
            }
            return .republish(request)
        case RedriveParked.type:
            return .redrive(parkedID: try MessageBody.decode(RedriveParked.self, from: record.value).parkedID, nil)
        case DiscardParked.type:
            let discard = try MessageBody.decode(DiscardParked.self, from: record.value)
            return .redrive(parkedID: discard.parkedID, discard)
        case ListParked.type: return try query(ListParked.self, ParkedList.list)
        case ShowParked.type: return try query(ShowParked.self, ParkedList.show)
        case VerifyAudit.type: return try query(VerifyAudit.self, SealVerifier.verify)
        case ListAuditHeads.type: return try query(ListAuditHeads.self, AuditHeads.list)
        default: return nil
        }
    }

    /// A command with a faulty envelope is still refused with an answer if its id and type can be read, because its sender may be waiting.
    private func withoutEnvelope(_ record: KafkaRecord, fault: EnvelopeFault) -> Incoming<Rows> {
        let origin = EnvelopeHeaders.origin(of: record)
        let unreadable = Incoming<Rows>(
            record: record, envelope: nil, content: .unreadable(reason: fault.slug, explanation: fault.description), origin: origin)
        guard record.topic == Topic.commands(of: registry.service) else { return unreadable }
        func first(_ name: String) -> String? {
            record.headers.first { $0.name == name }?.value.flatMap { String(validating: $0, as: UTF8.self) }
        }
        guard let id = first(EnvelopeHeaders.id).flatMap(UUID.init(uuidString:)),
            let type = first(EnvelopeHeaders.type).flatMap(MessageType.init(parsing:)),
            record.headers.filter({ $0.name == EnvelopeHeaders.id }).count == 1
        else { return unreadable }
        let envelope = Envelope(
            id: id, source: "unknown", type: type, time: record.timestamp ?? Date(timeIntervalSince1970: 0), key: id.lowercased)
        return Incoming(record: record, envelope: envelope, content: .refused(fault.refusal), origin: origin)
    }
}

extension HandlerRegistry {
    /// The fault of an unknown type or an unknown version of a known type.
    fileprivate func unknown(_ type: MessageType) -> EnvelopeFault {
        let versions = entries.keys.filter { $0.service == type.service && $0.name == type.name }.map(\.version).sorted()
        return versions.isEmpty ? .unknownType : .unknownVersion(supported: versions)
    }
}
