/// The texts of the rules about files and papers.
extension PlatformRuleText {
    static let fileTooLarge = PlatformRuleText(
        "file-too-large",
        zh: "文件为空，或超过 5 MB。",
        en: "The file is empty, or larger than 5 MB.",
        remedyZh: "请压缩扫描分辨率或拆分文件后重新上传。",
        remedyEn: "Scan it at a lower resolution or split it, then upload it again.")
    static let fileKindNotTaken = PlatformRuleText(
        "file-kind-not-taken",
        zh: "文件名不正确，或不是可以上传的格式。",
        en: "The file name is invalid, or files of this kind are not accepted.",
        remedyZh: "请上传 pdf、jpg、png、xml 或 ofd 文件，文件名不超过200字。",
        remedyEn: "Upload a pdf, jpg, png, xml or ofd file whose name has at most 200 characters.")
    static let fileContentDiffers = PlatformRuleText(
        "file-content-differs",
        zh: "文件内容与扩展名不符。",
        en: "The file's content does not match its extension.",
        remedyZh: "请用相应软件另存为正确格式后上传，不要直接改扩展名。",
        remedyEn: "Save it in the right format with the program that created it; changing the file name does not change the format.")
    static let fileDamaged = PlatformRuleText(
        "file-damaged",
        zh: "文件不完整或已损坏。",
        en: "The file is truncated or damaged.",
        remedyZh: "请确认文件能够正常打开，重新生成或扫描后上传。",
        remedyEn: "Check that the file opens; create or scan it again, then upload it.")
    static let fileUnsafe = PlatformRuleText(
        "file-unsafe",
        zh: "文件含有不安全的内容，不能接收。",
        en: "The file has unsafe content and is not accepted.",
        remedyZh: "请从开具方重新下载原文件，或改传 pdf 版本。",
        remedyEn: "Download the original from its issuer again, or upload it as pdf.")
    static let fileNotStored = PlatformRuleText(
        "file-not-stored",
        zh: "所引用的文件尚未上传，或已损坏。",
        en: "The referenced file was not uploaded, or was damaged.",
        remedyZh: "请重新上传该文件后再提交。",
        remedyEn: "Upload the file again, then submit.")
    static let invoiceAlreadyUsed = PlatformRuleText(
        "invoice-already-used",
        zh: "该发票已用于另一笔兑付，一张发票只能使用一次。",
        en: "This invoice was already used for another redemption; an invoice can be used once.",
        remedyZh: "请核对发票号码；如确系重复开具，请联系开票方。",
        remedyEn: "Check the invoice number; if it was issued twice, ask its issuer.")
    static let paperDiffersFromRecord = PlatformRuleText(
        "paper-differs-from-record",
        zh: "材料内容与平台登记的合同不一致。",
        en: "A paper differs from the recorded contract.",
        remedyZh: "请核对合同原件；登记有误的，先更正合同登记，再提交兑付材料。",
        remedyEn: "Check the original; if the record is wrong, correct the contract's record first, then submit the papers.")
}
