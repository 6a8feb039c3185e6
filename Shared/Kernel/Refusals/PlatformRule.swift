/// The platform's own rules, beside the clauses of the programmes: what Quan itself refuses, and by which id it says so.
///
/// An id and a slug, once published, keep their meaning for ever; a rule that falls away leaves its number unused.
public enum PlatformRule: String, Sendable, Hashable, CaseIterable {
    /// The message or its body cannot be read.
    case malformedMessage = "QUAN-01"
    /// No such message type.
    case unknownMessageType = "QUAN-02"
    /// The message type is known, its version is not.
    case unsupportedVersion = "QUAN-03"
    /// The message is larger than messages may be.
    case messageTooLarge = "QUAN-04"
    /// The same idempotency key came with another body.
    case idempotencyKeyReused = "QUAN-05"
    /// The command is too old, or comes from the future.
    case commandOutsideTimeWindow = "QUAN-06"
    /// The message names something that is not there.
    case unknownReference = "QUAN-07"
    /// A budget or quota has too little left.
    case budgetExhausted = "QUAN-08"
    /// The access token is missing, forged or no longer valid.
    case tokenInvalid = "QUAN-09"
    /// The caller's role or organisation may not do this.
    case notPermitted = "QUAN-10"
    /// An amount of money is outside what is possible.
    case amountOutOfRange = "QUAN-11"
    /// A unified social credit code is not well formed.
    case malformedCreditCode = "QUAN-12"
    /// A setting of the installation is not well formed.
    case malformedConfiguration = "QUAN-13"
    /// A key or identifier is longer than keys may be.
    case keyTooLong = "QUAN-14"
    /// The thing's state does not allow the operation.
    case stateDoesNotAllow = "QUAN-15"
    /// A header that must come once is missing or repeated.
    case headerMissingOrRepeated = "QUAN-16"
    /// An operator discarded the message.
    case discardedByOperator = "QUAN-17"
    /// What somebody asked for can be withdrawn by who asked, until it is decided; a later withdrawal is refused.
    case withdrawalBeforeDecision = "QUAN-18"
    /// The clock moves in a rehearsal only, and only forwards.
    case clockNotMovable = "QUAN-19"
    /// An uploaded file is empty or too large.
    case fileTooLarge = "QUAN-20"
    /// An uploaded file's name claims none of the kinds that are taken.
    case fileKindNotTaken = "QUAN-21"
    /// An uploaded file's content is not what its name claims.
    case fileContentDiffers = "QUAN-22"
    /// An uploaded file is cut off or damaged.
    case fileDamaged = "QUAN-23"
    /// An uploaded file holds what is not safe to open.
    case fileUnsafe = "QUAN-24"
    /// A file that is named is not in the store, or no longer what it was.
    case fileNotStored = "QUAN-25"
    /// An invoice counts once over all redemptions.
    case invoiceAlreadyUsed = "QUAN-26"
    /// A paper of a redemption says something else than the recorded contract.
    case paperDiffersFromRecord = "QUAN-27"
    /// An earlier message about the same thing is set aside until an operator has looked.
    case earlierMessageSetAside = "QUAN-28"
    /// The caller has asked for more, or uploaded more, than one caller may in the time.
    case tooManyRequests = "QUAN-29"
    /// The path is there, the method is not.
    case methodNotAllowed = "QUAN-30"
    /// Enterprise and institution of one order are the same.
    case sameParty = "QUAN-31"
    /// One file is handed in as more than one paper, or in more than one redemption.
    case fileUsedTwice = "QUAN-32"
    /// A file was uploaded by another organisation than the one that hands it in.
    case fileOfAnother = "QUAN-33"
    /// A paper is dated later than the day on which it is handed in.
    case paperFromFuture = "QUAN-34"
    /// The account's name is not the name the institution is registered under.
    case payeeNameDiffers = "QUAN-35"
    /// The account to pay to changed after the batch was made: it needs a new approval.
    case payeeChanged = "QUAN-36"
    /// A bank's statement is refused as a whole.
    case statementRefused = "QUAN-37"
    /// A contract takes more voucher than was ordered, or is disputed, and the enterprise has not confirmed it.
    case enterpriseNotConfirmed = "QUAN-38"
    /// One receipt is handed in more than once.
    case receiptUsedTwice = "QUAN-39"
    /// A contract's total is not its price times its quantity.
    case totalNotPriceTimesQuantity = "QUAN-40"
    /// A contract states neither an end of the service nor that it is delivered once.
    case contractWithoutEnd = "QUAN-41"
    /// A bank's reference is recorded already.
    case bankReferenceUsed = "QUAN-42"

    /// The rule's id, as refusals name it: "QUAN-08".
    public var id: String { rawValue }

    /// The greatest size of a message's body.
    public static let messageLimitBytes = 1 << 20

    /// A refusal under this rule, with its own texts. `detail` is told behind the message, where the case has more to say than the rule.
    public func refusal(_ detail: LocalisedText? = nil) -> Refusal {
        let message = detail.map { LocalisedText(zh: text.message.zh + $0.zh, en: text.message.en + " " + $0.en) }
        return Refusal(slug: text.slug, clause: id, message: message ?? text.message, remedy: text.remedy)
    }
}
