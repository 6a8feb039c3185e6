import Foundation
public import Kernel
public import Messages
public import Programme

/// What an enterprise says of itself, once it is well formed.
public struct Particulars: Sendable, Hashable, Codable {
    /// Its name as on its licence.
    public let name: String
    /// Its unified social credit code.
    public let creditCode: CreditCode
    /// Which kind of beneficiary it is, by the programme's names.
    public let beneficiary: String
    /// The division it is registered in.
    public let registeredDivision: String
    /// Its industry, by the code of GB/T 4754.
    public let industryCode: String
    /// What it is measured by.
    public let figures: SizeFigures
    /// Whether it is a legal person of its own.
    public let isLegalPerson: Bool
    /// When it was set up.
    public let establishedOn: CalendarDate
    /// What it declares, by the programme's names.
    public let declarations: Set<String>

    /// Reads what an enterprise sends. Throws QUAN-12 for its credit code, QUAN-11 for its figures, QUAN-07 for a kind of beneficiary the
    /// programme has not, and QUAN-01 for the rest.
    public init(_ command: RegisterEnterprise, under programme: Programme, today: CalendarDate?) throws(Refusal) {
        do throws(CreditCodeError) {
            creditCode = try CreditCode(typed: command.creditCode)
        } catch {
            throw error.refusal
        }
        name = try Texts.checked(command.name, "name", zh: "名称", atMost: 200)
        beneficiary = command.beneficiary
        registeredDivision = command.registeredDivision
        industryCode = command.industryCode
        figures = SizeFigures(employees: command.employees, revenue: command.revenueFen, assets: command.assetsFen)
        isLegalPerson = command.isLegalPerson
        establishedOn = command.establishedOn
        declarations = command.declarations
        try check(under: programme, today: today)
    }

    private func check(under programme: Programme, today: CalendarDate?) throws(Refusal) {
        guard programme.beneficiaries.contains(where: { $0.id == beneficiary }) else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "本项目没有该类受益主体。", en: "The programme has no such kind of beneficiary.")
            ).comparing("expected", programme.beneficiaries.map(\.id).joined(separator: ","), .code)
        }
        guard registeredDivision.utf8.count == 6, registeredDivision.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Texts.malformed("registeredDivision", zh: "注册地行政区划代码应为6位数字。", en: "The division is a code of six digits.")
        }
        switch IndustryGroup.of(industryCode: industryCode) {
        case .unknownCode:
            throw Texts.malformed("industryCode", zh: "没有该行业代码。", en: "GB/T 4754 has no such industry code.")
        case .needsMoreDigits:
            throw Texts.malformed("industryCode", zh: "行业代码位数不足，无法划型。", en: "The industry code is too short to size by.")
        case .group, .notCovered, .undecided: break
        }
        guard figures.employees ?? 0 >= 0, figures.assets ?? .zero >= .zero else {
            throw PlatformRule.amountOutOfRange.refusal(
                LocalisedText(zh: "从业人员和资产总额不能小于零。", en: "Employees and assets cannot be below nothing."))
        }
        if let today, establishedOn > today {
            throw Texts.malformed("establishedOn", zh: "成立日期晚于今天。", en: "It was set up later than today.")
        }
        guard declarations.count <= 50, declarations.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
            throw Texts.malformed("declarations", zh: "声明过多或名称过长。", en: "There are too many declarations, or their names are too long.")
        }
    }

    /// Its group of industries; nil where the size standard does not cover it, or leaves it to a person.
    public var industryGroup: IndustryGroup? {
        guard case .group(let group) = IndustryGroup.of(industryCode: industryCode) else { return nil }
        return group
    }

    /// Its class by the size standard of 2011; nil where it cannot be sized by figures alone.
    public var sizeClass: SizeClass? {
        industryGroup.flatMap { try? SizeStandard.edition2011.sizeClass(of: $0, figures) }
    }

    /// The same as rules ask it, with what credit registers say.
    public func facts(with credit: CreditStanding) -> EnterpriseFacts {
        EnterpriseFacts(
            creditCode: creditCode, beneficiary: beneficiary, registeredDivision: registeredDivision, sizeClass: sizeClass,
            isLegalPerson: isLegalPerson, establishedOn: establishedOn, industryGroup: industryGroup, lists: credit.lists,
            negativeRecords: credit.entries, declarations: declarations)
    }
}
