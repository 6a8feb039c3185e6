/// The name and texts of a platform rule.
public struct PlatformRuleText: Sendable, Hashable {
    /// The stable name of the reason.
    public let slug: String
    /// What happened and why.
    public let message: LocalisedText
    /// What the caller can do about it.
    public let remedy: LocalisedText

    init(_ slug: String, zh: String, en: String, remedyZh: String, remedyEn: String) {
        self.slug = slug
        message = LocalisedText(zh: zh, en: en)
        remedy = LocalisedText(zh: remedyZh, en: remedyEn)
    }
}

extension PlatformRule {
    /// The rule's slug, message and remedy.
    public var text: PlatformRuleText {
        switch self {
        case .malformedMessage:
            PlatformRuleText(
                "malformed-message",
                zh: "提交的内容无法读取：格式不正确，或缺少必填项。",
                en: "The message cannot be read: its format is wrong or a required field is missing.",
                remedyZh: "请按接口文档核对各字段及其格式，改正后重新提交。",
                remedyEn: "Check every field and its format against the API documentation, then submit it again.")
        case .unknownMessageType:
            PlatformRuleText(
                "unknown-message-type",
                zh: "系统不认识该消息类型。",
                en: "There is no message of this type.",
                remedyZh: "请按接口文档核对消息类型的名称。",
                remedyEn: "Check the name of the message type against the API documentation.")
        case .unsupportedVersion:
            PlatformRuleText(
                "unsupported-version",
                zh: "系统不支持该消息类型的这一版本。",
                en: "This version of the message type is not supported.",
                remedyZh: "请改用接口文档中列出的版本。",
                remedyEn: "Use a version that the API documentation lists.")
        case .messageTooLarge:
            PlatformRuleText(
                "message-too-large",
                zh: "提交的内容超过大小上限。",
                en: "The message is larger than the limit.",
                remedyZh: "请将内容缩减到上限以内；附件请先上传，再在消息中引用。",
                remedyEn: "Keep the message within the limit; upload files first and refer to them in the message.")
        case .idempotencyKeyReused:
            PlatformRuleText(
                "idempotency-key-reused",
                zh: "该幂等键已用于另一份内容不同的请求。",
                en: "This idempotency key was already used for a request with other content.",
                remedyZh: "重试时请原样发送首次的内容；如为新的请求，请换用新的幂等键。",
                remedyEn: "Repeat a request with exactly its first content; give a new request a new key.")
        case .commandOutsideTimeWindow:
            PlatformRuleText(
                "command-outside-time-window",
                zh: "请求的受理时间过早，或晚于当前时间，未予处理。",
                en: "The command was received too long ago, or its time lies in the future; it is not carried out.",
                remedyZh: "请重新提交；如再次出现，请联系平台运维人员核对服务器时钟。",
                remedyEn: "Submit it again; if this happens again, ask the platform's operator to check the servers' clocks.")
        case .unknownReference:
            PlatformRuleText(
                "unknown-reference",
                zh: "请求所引用的对象不存在。",
                en: "The request refers to something that does not exist.",
                remedyZh: "请核对项目、产品、企业等的编号后重新提交。",
                remedyEn: "Check the ids of the programme, product, enterprise and so on, then submit it again.")
        case .budgetExhausted:
            PlatformRuleText(
                "budget-exhausted",
                zh: "可用额度不足，无法办理。",
                en: "What is left of the budget or quota is not enough.",
                remedyZh: "请减少申请金额或数量，或等待额度释放、追加后再申请。",
                remedyEn: "Ask for less, or apply again once some of it is released or more is added.")
        case .tokenInvalid:
            PlatformRuleText(
                "token-invalid",
                zh: "登录凭证缺失、无效或已过期。",
                en: "The access token is missing, invalid or no longer valid.",
                remedyZh: "请重新登录后再试。",
                remedyEn: "Sign in again, then repeat the request.")
        case .notPermitted:
            PlatformRuleText(
                "not-permitted",
                zh: "您的角色或所属单位无权进行此操作。",
                en: "Your role or organisation may not do this.",
                remedyZh: "请由有权限的人员或单位办理，或联系本单位管理员开通权限。",
                remedyEn: "Have it done by someone whose role allows it, or ask your organisation's administrator for the role.")
        case .amountOutOfRange:
            PlatformRuleText(
                "amount-out-of-range",
                zh: "金额超出允许的范围。",
                en: "The amount is outside the range that is allowed.",
                remedyZh: "请核对金额及其单位（分）后重新提交。",
                remedyEn: "Check the amount and its unit (fen), then submit it again.")
        case .malformedCreditCode:
            PlatformRuleText(
                "malformed-credit-code",
                zh: "统一社会信用代码不正确。",
                en: "The unified social credit code is not correct.",
                remedyZh: "请对照营业执照或登记证书核对 18 位代码；代码中不使用字母 I、O、S、V、Z。",
                remedyEn: "Check the 18 characters against the licence or certificate; the letters I, O, S, V and Z do not occur in it.")
        case .malformedConfiguration:
            PlatformRuleText(
                "malformed-configuration",
                zh: "系统配置不正确。",
                en: "A setting of this installation is not correct.",
                remedyZh: "请运维人员按提示的名称核对并改正该项配置，然后重新启动。",
                remedyEn: "The operator corrects the setting that is named and starts the service again.")
        case .keyTooLong:
            PlatformRuleText(
                "key-too-long",
                zh: "键或编号超过长度上限。",
                en: "A key or identifier is longer than the limit.",
                remedyZh: "请改用较短的键或编号后重新提交。",
                remedyEn: "Use a shorter key or identifier, then submit it again.")
        case .stateDoesNotAllow:
            PlatformRuleText(
                "state-does-not-allow",
                zh: "当前状态不允许此操作。",
                en: "This is not possible in the present state.",
                remedyZh: "请刷新后查看当前状态及可进行的操作。",
                remedyEn: "Look up the present state and what can be done in it.")
        case .headerMissingOrRepeated:
            PlatformRuleText(
                "header-missing-or-repeated",
                zh: "必需的消息头缺失或重复。",
                en: "A header that must occur exactly once is missing or repeated.",
                remedyZh: "请确保该消息头恰好出现一次后重新提交。",
                remedyEn: "Send the header exactly once.")
        case .discardedByOperator:
            PlatformRuleText(
                "discarded-by-operator",
                zh: "该消息已由运维人员作废，未予处理。",
                en: "An operator discarded the message; it was not carried out.",
                remedyZh: "如仍需办理，请重新提交；如有疑问，请联系平台运维人员。",
                remedyEn: "Submit it again if it is still wanted; ask the platform's operator if in doubt.")
        case .withdrawalBeforeDecision:
            PlatformRuleText(
                "withdrawal-before-decision",
                zh: "申请或订单在作出决定前，可由提出者撤回；决定后不能撤回。",
                en: "An application or order can be withdrawn by who made it until it is decided, and not afterwards.",
                remedyZh: "请查看当前状态；如已受理，请与对方协商处理。",
                remedyEn: "Look up the present state; once it is decided, settle it with the other party.")
        case .clockNotMovable:
            PlatformRuleText(
                "clock-not-movable",
                zh: "时钟只能在演练环境中调整，且只能向后推进。",
                en: "The clock can be moved in a rehearsal only, and only forwards.",
                remedyZh: "请在演练环境中操作，并指定晚于当前演练时间的时刻。",
                remedyEn: "Do it in a rehearsal, and name an instant later than where its clock stands.")
        case .fileTooLarge: .fileTooLarge
        case .fileKindNotTaken: .fileKindNotTaken
        case .fileContentDiffers: .fileContentDiffers
        case .fileDamaged: .fileDamaged
        case .fileUnsafe: .fileUnsafe
        case .fileNotStored: .fileNotStored
        case .invoiceAlreadyUsed: .invoiceAlreadyUsed
        case .paperDiffersFromRecord: .paperDiffersFromRecord
        case .earlierMessageSetAside: .earlierMessageSetAside
        case .tooManyRequests: .tooManyRequests
        case .methodNotAllowed: .methodNotAllowed
        case .sameParty: .sameParty
        case .fileUsedTwice: .fileUsedTwice
        case .fileOfAnother: .fileOfAnother
        case .paperFromFuture: .paperFromFuture
        case .payeeNameDiffers: .payeeNameDiffers
        case .payeeChanged: .payeeChanged
        case .statementRefused: .statementRefused
        case .enterpriseNotConfirmed: .enterpriseNotConfirmed
        case .receiptUsedTwice: .receiptUsedTwice
        case .totalNotPriceTimesQuantity: .totalNotPriceTimesQuantity
        case .contractWithoutEnd: .contractWithoutEnd
        case .bankReferenceUsed: .bankReferenceUsed
        }
    }
}
