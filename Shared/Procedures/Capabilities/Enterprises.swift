import Foundation
import Kernel
import Programme

extension CapabilityCall {
    /// Reads an enterprise's particulars: checks its code and figures, and gives its size class (by the standard of 2011) and its tier. One
    /// organisation has one registration, and so has one credit code.
    func sizeClass() throws(Refusal) -> CapabilityResult {
        var result = CapabilityResult()
        var uniqueKeys: Set<String> = []
        if let organisation = subject.parties["enterprise"] { try register("organisation:\(organisation.uuidString)", &uniqueKeys) }
        if let typed = text("enterprise", "creditCode") {
            do throws(CreditCodeError) {
                let code = try CreditCode(typed: typed).text
                result.put("enterprise", "creditCode", .text(code))
                uniqueKeys.insert("credit-code:\(code)")
            } catch {
                throw error.refusal
            }
            for key in uniqueKeys { try register(key, &uniqueKeys) }
        }
        if let code = text("enterprise", "industryCode") {
            let size = try sizeClass(industryCode: code)
            result.put("enterprise", "sizeClass", size.map { .text($0.rawValue) })
        }
        let today = try today()
        if let established = date("enterprise", "establishedOn"), established > today {
            throw refusal(.malformedMessage, LocalisedText(zh: "成立日期晚于今天。", en: "The enterprise was established later than today."))
                .comparing("establishedOn", established.description, .date).comparing("today", today.description, .date)
        }
        if let kind = text("enterprise", "beneficiary"), !programme.beneficiaries.contains(where: { $0.id == kind }) {
            throw refusal(.unknownReference, LocalisedText(zh: "本项目没有该类受益主体。", en: "The programme has no such kind of beneficiary."))
                .comparing("given", String(kind.prefix(40)), .code)
        }
        let tier = programme.tier(lists: names("enterprise", "lists") ?? [], beneficiary: text("enterprise", "beneficiary") ?? "")
        result.put("enterprise", "tier", tier.map { .text($0.id) })
        result.uniqueKeys = uniqueKeys
        return result
    }

    private func register(_ key: String, _ uniqueKeys: inout Set<String>) throws(Refusal) {
        uniqueKeys.insert(key)
        let holder = related.holder(of: key)
        guard holder == nil || holder == subject.id else {
            throw refusal(
                .notPermitted,
                LocalisedText(zh: "该单位或统一社会信用代码已在本项目登记。", en: "The organisation or its credit code is already registered in the programme.")
            )
        }
    }

    private func sizeClass(industryCode: String) throws(Refusal) -> SizeClass? {
        let figures = SizeFigures(
            employees: count("enterprise", "employees"), revenue: amount("enterprise", "revenue"), assets: amount("enterprise", "assets"))
        switch IndustryGroup.of(industryCode: industryCode) {
        case .group(let group):
            do { return try SizeStandard.edition2011.sizeClass(of: group, figures) } catch { return nil }
        case .unknownCode, .needsMoreDigits:
            throw refusal(.malformedMessage, LocalisedText(zh: "行业代码不存在或位数不足。", en: "The industry code is unknown or too short."))
                .comparing("given", String(industryCode.prefix(20)), .code)
        case .notCovered, .undecided: return nil
        }
    }
}
