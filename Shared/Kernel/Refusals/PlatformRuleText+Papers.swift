/// What the rules about files and papers tell people.
extension PlatformRuleText {
    static let fileTooLarge = PlatformRuleText(
        "file-too-large",
        zh: "文件为空，或超过 5 MB。",
        en: "The file is empty, or larger than 5 MB.",
        remedyZh: "请压缩扫描分辨率或拆分文件后重新上传。",
        remedyEn: "Scan it with fewer points or split it, then upload it again.")
    static let fileKindNotTaken = PlatformRuleText(
        "file-kind-not-taken",
        zh: "文件名不正确，或不是可以上传的格式。",
        en: "The file's name is not right, or it is of a kind that is not taken.",
        remedyZh: "请上传 pdf、jpg、png、xml 或 ofd 文件，文件名不超过200字。",
        remedyEn: "Upload a pdf, jpg, png, xml or ofd file whose name has at most 200 characters.")
    static let fileContentDiffers = PlatformRuleText(
        "file-content-differs",
        zh: "文件内容与扩展名不符。",
        en: "The file's content is not what its name says.",
        remedyZh: "请用相应软件另存为正确格式后上传，不要直接改扩展名。",
        remedyEn: "Save it in the right format with the program that made it; changing its name does not change its content.")
    static let fileDamaged = PlatformRuleText(
        "file-damaged",
        zh: "文件不完整或已损坏。",
        en: "The file is cut off or damaged.",
        remedyZh: "请确认文件能够正常打开，重新生成或扫描后上传。",
        remedyEn: "See that it opens, make or scan it again, and upload it.")
    static let fileUnsafe = PlatformRuleText(
        "file-unsafe",
        zh: "文件含有不安全的内容，不能接收。",
        en: "The file holds what is not safe to open and is not taken.",
        remedyZh: "请从开具方重新下载原文件，或改传 pdf 版本。",
        remedyEn: "Download the original from who issued it again, or upload it as pdf.")
    static let fileNotStored = PlatformRuleText(
        "file-not-stored",
        zh: "所引用的文件尚未上传，或已损坏。",
        en: "The file that is named was not uploaded, or is no longer what it was.",
        remedyZh: "请重新上传该文件后再提交。",
        remedyEn: "Upload the file again, then submit.")
    static let invoiceAlreadyUsed = PlatformRuleText(
        "invoice-already-used",
        zh: "该发票已用于另一笔兑付，一张发票只能使用一次。",
        en: "This invoice was already used for another redemption; an invoice counts once.",
        remedyZh: "请核对发票号码；如确系重复开具，请联系开票方。",
        remedyEn: "Check the invoice's number; if it was issued twice, ask who issued it.")
    static let paperDiffersFromRecord = PlatformRuleText(
        "paper-differs-from-record",
        zh: "材料内容与平台登记的合同不一致。",
        en: "A paper says something else than the contract as it was recorded.",
        remedyZh: "请核对合同原件；登记有误的，先更正合同登记，再提交兑付材料。",
        remedyEn: "Check the original; if the record is wrong, correct the contract's record first, then submit the papers.")
}
