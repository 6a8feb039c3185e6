public import Kernel

/// Why the bank's newest statement cannot be relied on: it was refused as a whole, or none came.
public struct StatementTrouble: Sendable, Hashable {
    /// What happened.
    public enum Kind: Sendable, Hashable {
        /// It was refused as a whole.
        case refused
        /// None could be fetched.
        case unfetched
    }

    /// What happened.
    public let kind: Kind
    /// The statement's id; where it could not be read, that of its message, or the hash of its bytes. Empty where none came.
    public let statementID: String
    /// Where in it: line and elements. Empty where the whole is meant.
    public let place: String
    /// What is wrong.
    public let reason: LocalisedText

    /// A trouble.
    public init(kind: Kind, statementID: String, place: String, reason: LocalisedText) {
        self.kind = kind
        self.statementID = statementID
        self.place = place
        self.reason = reason
    }

    /// What a reconciliation is refused with meanwhile: nothing older is shown as if it were current.
    public var refusal: Refusal {
        switch kind {
        case .refused:
            PlatformRule.statementRefused.refusal(
                LocalisedText(
                    zh: "（对账单\(statementID)，\(place)：\(reason.zh)）", en: "Statement \(statementID), \(place): \(reason.en).")
            ).comparing("statement", statementID, .code).comparing("place", place, .code)
        case .unfetched: Self.missing(reason)
        }
    }

    /// The refusal where no statement is there that could count as current.
    public static func missing(_ reason: LocalisedText?) -> Refusal {
        PlatformRule.stateDoesNotAllow.refusal(
            LocalisedText(
                zh: "（尚未取得当前的银行对账单\(reason.map { "：\($0.zh)" } ?? "")）",
                en: "No current statement has been fetched from the bank\(reason.map { ": \($0.en)" } ?? "")."))
    }

    /// The same for an operator.
    public var explanation: String {
        switch kind {
        case .refused:
            "the bank's statement \(statementID) is refused as a whole (QUAN-37): \(place): \(reason.en); no reconciliation counts as current"
        case .unfetched: "no current statement from the bank: \(reason.en); no reconciliation counts as current"
        }
    }
}
