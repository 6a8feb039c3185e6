/// The texts of the rules about contracts and payments.
extension PlatformRuleText {
    static let fileUsedTwice = PlatformRuleText(
        "file-used-twice",
        zh: "同一文件被用作多份材料，或已用于另一笔兑付。",
        en: "A file is submitted as more than one paper, or was used for another redemption.",
        remedyZh: "请为每份材料上传各自的文件。",
        remedyEn: "Upload a separate file for each paper.")
    static let fileOfAnother = PlatformRuleText(
        "file-of-another",
        zh: "所引用的文件不是本单位上传的。",
        en: "The referenced file was uploaded by another organisation.",
        remedyZh: "请由本单位上传该文件后再提交。",
        remedyEn: "Upload the file from your own organisation, then submit.")
    static let paperFromFuture = PlatformRuleText(
        "paper-from-future",
        zh: "材料上的日期晚于提交之日。",
        en: "A paper is dated later than the day of its submission.",
        remedyZh: "请核对合同、收款凭证和发票的日期。",
        remedyEn: "Check the dates of contract, receipts and invoices.")
    static let payeeNameDiffers = PlatformRuleText(
        "payee-name-differs",
        zh: "收款账户名称须与服务机构登记名称一致。",
        en: "The account's name must be the institution's registered name.",
        remedyZh: "请填写本单位对公账户；名称变更的，先办理机构名称变更。",
        remedyEn: "Give your organisation's own account; if its name has changed, have the registration changed first.")
    static let payeeChanged = PlatformRuleText(
        "payee-changed",
        zh: "收款账户在列入批次后已变更，须重新批准。",
        en: "The payee account changed after batching; a new approval is required.",
        remedyZh: "请核对变更后的账户名称和账号尾号，确认无误后重新批准。",
        remedyEn: "Check the changed account's name and last digits, and approve again once they are right.")
    static let statementRefused = PlatformRuleText(
        "statement-refused",
        zh: "银行对账单无法完整识别，已整份拒收。",
        en: "The bank's statement could not be understood in full and is refused as a whole.",
        remedyZh: "请向银行取得更正后的对账单；在此之前对账结果不作为当前结果。",
        remedyEn: "Ask the bank for a corrected statement; until then no reconciliation counts as current.")
    static let enterpriseNotConfirmed = PlatformRuleText(
        "enterprise-not-confirmed",
        zh: "合同用券金额超过下单金额，或合同有异议，须经企业确认。",
        en: "The contract's voucher amount exceeds the ordered amount, or is disputed; the enterprise must confirm it.",
        remedyZh: "请企业在订单中确认或提出异议；确认前以下单金额为准。",
        remedyEn: "The enterprise confirms or disputes it in the order; until then the ordered amount holds.")
    static let receiptUsedTwice = PlatformRuleText(
        "receipt-used-twice",
        zh: "同一收款凭证重复提交。",
        en: "A receipt is submitted more than once.",
        remedyZh: "请删除重复的收款记录，每笔收款只列一次。",
        remedyEn: "List every payment only once.")
    static let totalNotPriceTimesQuantity = PlatformRuleText(
        "total-not-price-times-quantity",
        zh: "合同总额不等于单价乘以数量。",
        en: "The contract's total is not its price times its quantity.",
        remedyZh: "请核对单价、数量（按指导价的计价单位）和合同总额。",
        remedyEn: "Check price, quantity (in the unit of the guide price) and total.")
    static let contractWithoutEnd = PlatformRuleText(
        "contract-without-end",
        zh: "合同未注明服务结束日期，也未注明为一次性交付。",
        en: "The contract states neither the end of the service nor a single delivery.",
        remedyZh: "请填写服务结束日期；一次性交付的，请明确注明。",
        remedyEn: "Give the last day of the service, or state a single delivery.")
    static let bankReferenceUsed = PlatformRuleText(
        "bank-reference-used",
        zh: "该银行流水号已登记过。",
        en: "This bank reference is already recorded.",
        remedyZh: "请核对银行流水号，一笔到账只登记一次。",
        remedyEn: "Check the reference; one payment is recorded once.")
}
