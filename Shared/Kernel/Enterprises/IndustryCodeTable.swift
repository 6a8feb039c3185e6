/// A range of three-digit groups of GB/T 4754-2017, and its industry group by the size standard of 2011.
struct IndustryRow: Sendable {
    let section: Character
    let groups: ClosedRange<Int>
    let answer: IndustryAnswer

    init(_ section: Character, _ groups: ClosedRange<Int>, _ answer: IndustryAnswer) {
        (self.section, self.groups, self.answer) = (section, groups, answer)
    }

    /// Article 3 of 工信部联企业〔2011〕300号, interpreted with the notes of the statistical bureau's size table. Groups 64 (with broadcasting),
    /// 591, 703 and 709 follow that table.
    static let edition2011 = [
        IndustryRow("A", 10...59, .group(.agriculture)),
        IndustryRow("B", 60...129, .group(.industry)),
        IndustryRow("C", 130...439, .group(.industry)),
        IndustryRow("D", 440...469, .group(.industry)),
        IndustryRow("E", 470...509, .group(.construction)),
        IndustryRow("F", 510...519, .group(.wholesale)),
        IndustryRow("F", 520...529, .group(.retail)),
        IndustryRow("G", 530...539, .notCovered(LocalisedText(zh: "铁路运输业不适用该规定。", en: "Rail transport is outside the standard."))),
        IndustryRow("G", 540...589, .group(.transport)),
        IndustryRow("G", 591...591, .group(.transport)),
        IndustryRow("G", 592...599, .group(.warehousing)),
        IndustryRow("G", 600...609, .group(.postal)),
        IndustryRow("H", 610...619, .group(.accommodation)),
        IndustryRow("H", 620...629, .group(.catering)),
        IndustryRow("I", 630...649, .group(.informationTransmission)),
        IndustryRow("I", 650...659, .group(.softwareAndInformationTechnology)),
        IndustryRow(
            "J", 660...699,
            .notCovered(LocalisedText(zh: "金融业适用《金融业企业划型标准规定》（银发〔2015〕309号）。", en: "Finance has a standard of its own (银发〔2015〕309号)."))),
        IndustryRow("K", 701...701, .group(.realEstateDevelopment)),
        IndustryRow("K", 702...702, .group(.propertyManagement)),
        IndustryRow("K", 703...703, .group(.other)),
        IndustryRow(
            "K", 704...704,
            .undecided(
                LocalisedText(
                    zh: "房地产租赁经营（自有房地产经营活动）是否适用须由经办人确定。", en: "The operator must decide whether letting one's own real estate is covered."))
        ),
        IndustryRow("K", 709...709, .group(.other)),
        IndustryRow("L", 710...729, .group(.leasingAndBusinessServices)),
        IndustryRow("M", 730...759, .group(.other)),
        IndustryRow("N", 760...799, .group(.other)),
        IndustryRow("O", 800...829, .group(.other)),
        IndustryRow(
            "P", 830...839,
            .notCovered(
                LocalisedText(zh: "该规定未列教育业，第七条规定参照执行。", en: "Education is not listed; article 7 has it follow the standard by analogy."))),
        IndustryRow("Q", 840...849, .notCovered(LocalisedText(zh: "该规定未列卫生业。", en: "Health is not listed in the standard."))),
        IndustryRow("Q", 850...859, .group(.other)),
        IndustryRow("R", 860...909, .group(.other)),
        IndustryRow(
            "S", 910...969, .notCovered(LocalisedText(zh: "该规定未列公共管理类行业。", en: "Public administration is not listed in the standard."))),
        IndustryRow(
            "T", 970...979, .notCovered(LocalisedText(zh: "该规定未列国际组织。", en: "International organisations are not listed in the standard."))),
    ]
}
