public import Kernel
public import Programme

/// Whether a programme's files may be published.
public enum ProgrammePublication {
    /// How many faults are told. Whoever mends these will see the rest.
    public static let faultsToldAtMost = 20
    /// How much of one is told.
    private static let charactersOfFault = 400

    /// Reads the files as every service will. Faults are a refusal under QUAN-01 that names file, line and remedy of each.
    public static func check(_ source: ProgrammeSource) throws(Refusal) -> LoadedProgramme {
        try checkTexts(source)
        do {
            return try source.load()
        } catch {
            throw refusal(error)
        }
    }

    /// Only the operator's tool publishes (QUAN-10).
    public static func checkSource(_ source: String) throws(Refusal) {
        guard source == "quan" else {
            throw PlatformRule.notPermitted.refusal(
                LocalisedText(zh: "只有运维工具可以发布项目。", en: "Only the operator's tool publishes a programme."))
        }
    }

    /// A version that was published never changes (QUAN-15); the same files again are no fault.
    public static func checkUnchanged(_ programme: Programme, hash: String, published: String?) throws(Refusal) {
        guard let published, published != hash else { return }
        throw PlatformRule.stateDoesNotAllow.refusal(
            LocalisedText(
                zh: "该版本已经发布，内容不同；已发布的版本不能更改，请提高版本号。",
                en: "This version was published with other files. A published version never changes: raise the version.")
        ).comparing("programme", programme.id, .code).comparing("version", programme.version, .count)
    }

    /// No database keeps a NUL, and no programme has one.
    private static func checkTexts(_ source: ProgrammeSource) throws(Refusal) {
        let files = [source.programme] + source.clauses + [source.interpretations].compactMap { $0 }
        for (number, file) in files.enumerated() where file.name.utf8.contains(0) || file.text.utf8.contains(0) {
            throw faulty(LocalisedText(zh: "文件含有空字符。", en: "A file contains a NUL."))
                .comparing("file", number + 1, .count)
        }
    }

    private static func refusal(_ faults: Faults) -> Refusal {
        let errors = faults.all.filter { $0.severity == .error }
        let first = String((errors.first ?? faults.all.first)?.description.prefix(charactersOfFault) ?? "")
        let refusal = faulty(LocalisedText(zh: "第一处：\(first)", en: "The first: \(first)"))
            .comparing("faults", errors.count, .count)
        return errors.prefix(faultsToldAtMost).reduce(refusal) { refusal, fault in
            refusal.comparing("fault", String(fault.description.prefix(charactersOfFault)), "text")
        }
    }

    /// Malformed like any message that cannot be read, and told in words that help who wrote the files.
    private static func faulty(_ detail: LocalisedText) -> Refusal {
        Refusal(
            slug: "programme-faulty", clause: PlatformRule.malformedMessage.id,
            message: LocalisedText(
                zh: "项目文件有误，未予发布。" + detail.zh, en: "The programme's files have faults; it is not published. " + detail.en),
            remedy: LocalisedText(
                zh: "请按所列文件、行号逐项改正后重新发布。", en: "Mend each fault at the file and line that is named, then publish it again."))
    }
}
