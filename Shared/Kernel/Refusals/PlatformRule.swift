/// The platform's own rules, in addition to the clauses of the programmes, with the ids of their refusals.
///
/// A published id or slug never changes its meaning; the number of a removed rule is not reused.
public enum PlatformRule: String, Sendable, Hashable, CaseIterable {
    /// The message or its body cannot be read.
    case malformedMessage = "QUAN-01"
    /// The message type is unknown.
    case unknownMessageType = "QUAN-02"
    /// The message type is known, but its version is not.
    case unsupportedVersion = "QUAN-03"
    /// The message exceeds the size limit.
    case messageTooLarge = "QUAN-04"
    /// The idempotency key was already used with another body.
    case idempotencyKeyReused = "QUAN-05"
    /// The command is too old, or its time is in the future.
    case commandOutsideTimeWindow = "QUAN-06"
    /// The message refers to something that does not exist.
    case unknownReference = "QUAN-07"
    /// The remaining budget or quota is insufficient.
    case budgetExhausted = "QUAN-08"
    /// The access token is missing, forged or no longer valid.
    case tokenInvalid = "QUAN-09"
    /// The caller's role or organisation may not do this.
    case notPermitted = "QUAN-10"
    /// An amount of money is outside the allowed range.
    case amountOutOfRange = "QUAN-11"
    /// A unified social credit code is malformed.
    case malformedCreditCode = "QUAN-12"
    /// A setting of the installation is malformed.
    case malformedConfiguration = "QUAN-13"
    /// A key or identifier exceeds the length limit.
    case keyTooLong = "QUAN-14"
    /// The current state does not allow the operation.
    case stateDoesNotAllow = "QUAN-15"
    /// A header that must occur exactly once is missing or repeated.
    case headerMissingOrRepeated = "QUAN-16"
    /// An operator discarded the message.
    case discardedByOperator = "QUAN-17"
    /// An application or order can be withdrawn by its sender until it is decided; a later withdrawal is refused.
    case withdrawalBeforeDecision = "QUAN-18"
    /// The clock can be moved only in a rehearsal, and only forwards.
    case clockNotMovable = "QUAN-19"
    /// An uploaded file is empty or too large.
    case fileTooLarge = "QUAN-20"
    /// An uploaded file's name has no accepted extension.
    case fileKindNotTaken = "QUAN-21"
    /// An uploaded file's content does not match its extension.
    case fileContentDiffers = "QUAN-22"
    /// An uploaded file is truncated or damaged.
    case fileDamaged = "QUAN-23"
    /// An uploaded file has unsafe content.
    case fileUnsafe = "QUAN-24"
    /// A referenced file is not in the store, or was changed there.
    case fileNotStored = "QUAN-25"
    /// An invoice can be used only once over all redemptions.
    case invoiceAlreadyUsed = "QUAN-26"
    /// A paper of a redemption differs from the recorded contract.
    case paperDiffersFromRecord = "QUAN-27"
    /// An earlier message with the same key is parked until an operator intervenes.
    case earlierMessageSetAside = "QUAN-28"
    /// The caller exceeded the rate limit for requests or uploads.
    case tooManyRequests = "QUAN-29"
    /// The path exists, but not with this method.
    case methodNotAllowed = "QUAN-30"
    /// The enterprise and the institution of an order are the same organisation.
    case sameParty = "QUAN-31"
    /// A file is submitted as more than one paper, or in more than one redemption.
    case fileUsedTwice = "QUAN-32"
    /// A file was uploaded by another organisation than the submitting one.
    case fileOfAnother = "QUAN-33"
    /// A paper is dated later than the day of its submission.
    case paperFromFuture = "QUAN-34"
    /// The account's name differs from the institution's registered name.
    case payeeNameDiffers = "QUAN-35"
    /// The payee account changed after batching, so a new approval is required.
    case payeeChanged = "QUAN-36"
    /// A bank's statement is refused as a whole.
    case statementRefused = "QUAN-37"
    /// A contract's voucher amount exceeds the ordered one or is disputed, and the enterprise has not confirmed it.
    case enterpriseNotConfirmed = "QUAN-38"
    /// A receipt is submitted more than once.
    case receiptUsedTwice = "QUAN-39"
    /// A contract's total is not its price times its quantity.
    case totalNotPriceTimesQuantity = "QUAN-40"
    /// A contract states neither an end of the service nor a single delivery.
    case contractWithoutEnd = "QUAN-41"
    /// A bank reference is already recorded.
    case bankReferenceUsed = "QUAN-42"

    /// The rule's id in refusals: "QUAN-08".
    public var id: String { rawValue }

    /// The maximum size of a message body in bytes.
    public static let messageLimitBytes = 1 << 20

    /// A refusal under this rule with its texts. `detail` is appended to the message.
    public func refusal(_ detail: LocalisedText? = nil) -> Refusal {
        let message = detail.map { LocalisedText(zh: text.message.zh + $0.zh, en: text.message.en + " " + $0.en) }
        return Refusal(slug: text.slug, clause: id, message: message ?? text.message, remedy: text.remedy)
    }
}
