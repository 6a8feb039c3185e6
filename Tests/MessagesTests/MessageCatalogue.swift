import Foundation
import Kernel
import Messages
import Messaging
import Testing

/// An entry of the catalogue: a type and the value of its golden sample.
struct CataloguedMessage: Sendable, CustomTestStringConvertible {
    let type: MessageType
    /// The encoded value.
    let encoded: @Sendable () throws -> [UInt8]
    /// Whether these bytes decode to the value.
    let isDecodedFrom: @Sendable ([UInt8]) throws -> Bool
    /// Decodes these bytes and encodes the value again.
    let readAndWritten: @Sendable ([UInt8]) throws -> [UInt8]
    let isCommand: Bool
    /// The optional fields of the message.
    let optional: Set<String>

    init<M: Message & Hashable>(_ value: M, optional: Set<String> = []) {
        type = M.type
        self.optional = optional
        encoded = { try MessageBody.encode(value) }
        readAndWritten = { try MessageBody.encode(try MessageBody.decode(M.self, from: $0)) }
        isCommand = M.self is any Command.Type
        isDecodedFrom = { try MessageBody.decode(M.self, from: $0) == value }
    }

    var testDescription: String { type.description }
}

/// Every message type of `Shared/Messages`, in one place. A type that is missing here is found by `GoldenSampleTests`, which
/// reads the sources; a line here without a sample fails there too.
enum MessageCatalogue {
    static let all: [CataloguedMessage] = platform + catalogue + identity + ordering + timer + redemption + payout

    private static let platform: [CataloguedMessage] = [
        CataloguedMessage(
            Outcome(
                commandID: id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e"), commandType: "ordering.place-order.v1",
                refusal: Refusal(
                    slug: "budget-exhausted", clause: "QUAN-08", further: ["BJ26-03"],
                    numbers: [
                        RefusalNumber(name: "requested", value: .integer(2_000_000), unit: .fen),
                        RefusalNumber(name: "until", value: .text("2026-05-09"), unit: .date),
                    ],
                    message: LocalisedText(zh: "可用额度不足，无法办理。", en: "What is left of the budget or quota is not enough."),
                    remedy: LocalisedText(zh: "请减少申请金额。", en: "Ask for less."))),
            optional: ["refusal"]),
        CataloguedMessage(
            CommandSetAside(
                commandID: id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e"), commandType: "ordering.place-order.v1",
                problem: Refusal(
                    slug: "earlier-message-set-aside", clause: "QUAN-28",
                    message: LocalisedText(zh: "本请求已保留。", en: "It is kept."),
                    remedy: LocalisedText(zh: "请勿重复提交。", en: "Do not submit it again.")))),
        CataloguedMessage(
            Republish(
                topic: "ordering.events", places: [Republish.Place(shard: 0, after: 0), Republish.Place(shard: 31, after: 12_345)],
                recordsAtMost: 1000)),
        CataloguedMessage(SequenceReport(topic: "ordering.events", shard: 31, first: 101, last: 12_345)),
        CataloguedMessage(
            MessageParked(parkedID: 7, topic: "ordering.events", partition: 3, offset: 9_007_199_254_740_993, reason: "body-not-json")),
        CataloguedMessage(RedriveParked(parkedID: 7)),
        CataloguedMessage(ListParked(after: 6, rowsAtMost: 100)),
        CataloguedMessage(ShowParked(parkedID: 7)),
        CataloguedMessage(VerifyAudit(after: 50, sealsAtMost: 50)),
        CataloguedMessage(ListAuditHeads(service: "ordering", after: 500)),
        CataloguedMessage(
            AuditSealed(number: 12_345, hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")),
        CataloguedMessage(DiscardParked(parkedID: 7, operatorName: "li.na", reason: "由测试工具误发 / sent by a test tool")),
    ]

    static func id(_ text: String) -> UUID { UUID(uuidString: text) ?? UUID() }
}
