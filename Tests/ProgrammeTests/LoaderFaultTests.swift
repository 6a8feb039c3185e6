import Foundation
import Programme
import Testing

/// What is done to the real file, and what the loader must say about it.
struct Spoiling: Sendable, CustomTestStringConvertible {
    let name: String
    let from: String
    let into: String
    let problem: String
    let remedy: String

    init(_ name: String, _ from: String, _ into: String, says problem: String, mendedBy remedy: String = "") {
        (self.name, self.from, self.into, self.problem, self.remedy) = (name, from, into, problem, remedy)
    }

    var testDescription: String { name }

    static let all = [
        Spoiling("an unknown key", "limitFrom: tier", "limitFrmo: tier", says: "a cap has no key \"limitFrmo\"", mendedBy: "limitFrom"),
        Spoiling("an unknown key at the top", "\nwindows:\n", "\nwindoes:\n", says: "no key \"windoes\"", mendedBy: "windows"),
        Spoiling(
            "a comma without quotes", "en: \"Application form, spreadsheet\"", "en: Application form, spread sheet", says: "no key",
            mendedBy: "quotes"),
        Spoiling(
            "a rule without a clause", "    clauses: [BJ26-43]\n    refusal: {slug: price", "    refusal: {slug: price",
            says: "a rule names no clause"),
        Spoiling(
            "an unknown clause", "clauses: [BJ26-43]\n    refusal", "clauses: [BJ26-99]\n    refusal",
            says: "no registry of this programme has the clause \"BJ26-99\""),
        Spoiling(
            "a clause of another city", "clauses: [BJ26-28]\n    reading", "clauses: [GZ20-14]\n    reading", says: "the clause \"GZ20-14\""
        ),
        Spoiling("a reading of another city", "reading: [IN-15]", "reading: [IN-22]", says: "no interpretation \"IN-22\""),
        Spoiling(
            "a share over the whole", "shareBasisPoints: 3000", "shareBasisPoints: 30000", says: "more than the whole", mendedBy: "10000"),
        Spoiling("a share in percent", "shareBasisPoints: 3000", "shareBasisPoints: 30%", says: "whole number, not \"30%\""),
        Spoiling("a negative amount", "quotaYuan: 200000", "quotaYuan: -200000", says: "must be from 0"),
        Spoiling("money with a fraction", "quotaYuan: 200000", "quotaYuan: 200000.5", says: "whole number", mendedBy: "digits alone"),
        Spoiling("money in powers", "quotaYuan: 200000", "quotaYuan: 2e5", says: "whole number"),
        Spoiling("money that overflows", "quotaYuan: 200000", "quotaYuan: 92233720368547759", says: "must be from 0"),
        Spoiling("money past every number", "quotaYuan: 200000", "quotaYuan: 99999999999999999999999", says: "must be from 0"),
        Spoiling("yuan and fen together", "quotaYuan: 200000", "quotaYuan: 200000, quotaFen: 1", says: "quotaYuan and quotaFen"),
        Spoiling("a cap without a limit", "    limitFrom: product\n", "", says: "a cap has no limit"),
        Spoiling("a yearly cap without a year", "    limitFrom: tier\n    year: order\n", "    limitFrom: tier\n", says: "needs a year"),
        Spoiling("a limit in another unit", "limitFrom: product", "limitYuan: 5", says: "not in the cap's unit"),
        Spoiling(
            "a cap at a step that reserves nothing", "limitFrom: product\n    reservedAt: order.place",
            "limitFrom: product\n    reservedAt: order.accept", says: "a step that reserves nothing"),
        Spoiling("a deadline without a lapse", "        lapse: {to: expired, ledger: release}\n", "", says: "a deadline has no lapse"),
        Spoiling("a deadline without a length", "        workingDays: 5\n", "", says: "a deadline has no length"),
        Spoiling(
            "a lapse into where it began", "lapse: {to: expired, ledger: release}", "lapse: {to: placed, ledger: release}",
            says: "lapse again"),
        Spoiling(
            "an unreachable step", "command: accept-order, by: [institution], from: [placed]",
            "command: accept-order, by: [institution], from: [contracted]", says: "the step order.record-contract is unreachable"),
        Spoiling(
            "an unreachable state", "from: [contracted], to: completed", "from: [contracted], to: rated",
            says: "the state order.completed is unreachable"),
        Spoiling(
            "a role nobody has", "command: accept-order, by: [institution]", "command: accept-order, by: [instituton]",
            says: "there is no role \"instituton\"", mendedBy: "institution"),
        Spoiling(
            "a step nobody takes", "reservedAt: order.place\n    clauses: [QUAN-08]", "reservedAt: order.plaec\n    clauses: [QUAN-08]",
            says: "there is no step \"order.plaec\"", mendedBy: "order.place"),
        Spoiling(
            "a window there is not", "to: entitled, window: ordering", "to: entitled, window: odering",
            says: "there is no window \"odering\"", mendedBy: "ordering"),
        Spoiling(
            "a list there is not", "values: [dishonest-debtor]\n    at: [order", "values: [dishonest-deptor]\n    at: [order",
            says: "is never \"dishonest-deptor\"", mendedBy: "dishonest-debtor"),
        Spoiling(
            "a field there is not", "field: contract.price", "field: contract.prise", says: "nothing has the field contract.prise",
            mendedBy: "contract.price"),
        Spoiling("a field of another type", "field: contract.price", "field: contract.signedOn", says: "holds date, and amount is needed"),
        Spoiling(
            "a text compared with a day", "[contract.tableOrderedOn, order.placedOn]", "[contract.tableOrderedOn, order.number]",
            says: "can never say the same"),
        Spoiling(
            "money compared with things", "yuan: 8000000", "count: 8000000", says: "holds amount, and count or files or rows is needed"),
        Spoiling(
            "a setting that went", "workingDays: {setting: mending-working-days}", "workingDays: {setting: mending-days}",
            says: "there is no setting \"mending-days\""),
        Spoiling("another time zone", "Asia/Shanghai", "Asia/Tokyo", says: "all days are reckoned in Asia/Shanghai"),
        Spoiling("a name too long", "id: programme-budget", "id: \(String(repeating: "9", count: 65))", says: "is no name"),
        Spoiling(
            "a size class there is not", "values: [micro, small, medium]", "values: [micro, small, mediun]", says: "is never \"mediun\"",
            mendedBy: "medium"),
        Spoiling("a setting there is not", "{setting: budget-yuan}", "{setting: budget}", says: "there is no setting \"budget\""),
        Spoiling("an id given twice", "id: programme-budget", "id: product-stock", says: "another cap has the id product-stock"),
        Spoiling("a step given twice", "id: decline,", "id: accept,", says: "another step accept"),
        Spoiling("a day there is not", "closes: 2026-03-09", "closes: 2026-02-30", says: "there is no day 30 in month 2"),
        Spoiling("a day written otherwise", "closes: 2026-03-09", "closes: 9.3.2026", says: "not a date"),
        Spoiling("a window that ends before it begins", "closes: 2026-03-09", "closes: 2026-01-09", says: "before it opens"),
        Spoiling(
            "a window that hangs on itself", "closes: 2026-08-31", "closes: {afterWindow: redemption, calendarDays: 1}",
            says: "hangs on itself"),
        Spoiling("a division there is not", "city: \"110000\"", "city: \"119999\"", says: "no division has the code"),
        Spoiling(
            "a kind of condition there is not", "kind: inside-range", "kind: inside-rang", says: "no kind of condition \"inside-rang\"",
            mendedBy: "inside-range"),
        Spoiling(
            "a key of another kind of condition", "    field: institution.establishedOn\n    years: 1",
            "    field: institution.establishedOn\n    count: 1", says: "no key \"count\""),
        Spoiling(
            "tiers that end with a list", "quotaYuan: 200000, clauses", "lists: [dishonest-debtor], quotaYuan: 200000, clauses",
            says: "the last tier is not for everybody"),
        Spoiling("a key twice", "version: 1\n", "version: 1\nversion: 2\n", says: "version stands here twice"),
        Spoiling("a bracket left open", "lists:\n  - {id: dishonest-debtor", "lists:\n  - {{id: dishonest-debtor", says: "not YAML"),
        Spoiling(
            "a state nothing leads to", "{id: suspended, zh: 已暂停, en: Suspended}",
            "{id: suspended, zh: 已暂停, en: Suspended}\n      - {id: adrift, zh: 无来路, en: Adrift}",
            says: "the state product.adrift is unreachable"),
        Spoiling(
            "a state nothing leaves", "en: Rejected, final: true}", "en: Rejected}", says: "nothing leads on from application.rejected",
            mendedBy: "final: true"),
    ]
}

@Suite("The loader says what is wrong, where, and how to mend it")
struct LoaderFaultTests {
    private func faults(_ text: String) throws -> [Fault] {
        do {
            _ = try Programme.load(SourceText(name: "spoilt.yaml", text: text), book: try Files.book())
            return []
        } catch let faults as Faults {
            return faults.all
        }
    }

    private func real() throws -> String {
        try Files.text(Files.programmes.appending(path: "beijing-2026.yaml")).text
    }

    @Test("a mistake in the file is told with its place and its remedy", arguments: Spoiling.all)
    func spoilt(_ spoiling: Spoiling) throws {
        let text = try real()
        let range = try #require(text.range(of: spoiling.from), "the real file has what is to be spoilt")
        let spoilt = text.replacingCharacters(in: range, with: spoiling.into)
        let faults = try faults(spoilt)
        let fault = try #require(faults.first { $0.problem.contains(spoiling.problem) }, "\(faults.map(\.description))")
        #expect(fault.severity == .error)
        #expect(!fault.remedy.isEmpty && (spoiling.remedy.isEmpty || fault.remedy.contains(spoiling.remedy)), "\(fault.remedy)")
        #expect(fault.place.line >= 1 && fault.place.line <= spoilt.split(separator: "\n", omittingEmptySubsequences: false).count)
        #expect(fault.description.hasPrefix("spoilt.yaml:\(fault.place.line):\(fault.place.column): error: "))
    }

    @Test("a setting that does not exist is told once where it is used, not again by each who reads it")
    func unknownSettingOnce() throws {
        let spoilt = try real().replacingOccurrences(of: "{setting: public-notice-working-days}", with: "{setting: notice}")
        #expect(try faults(spoilt).map(\.problem) == Array(repeating: "there is no setting \"notice\"", count: 2))
    }

    @Test("all mistakes are told in one pass, in the order of the file")
    func allAtOnce() throws {
        let spoilt = try real()
            .replacingOccurrences(of: "quotaYuan: 200000", with: "quotaYuan: -1")
            .replacingOccurrences(of: "limitFrom: product", with: "limitFrmo: product")
            .replacingOccurrences(of: "closes: 2026-03-09", with: "closes: 2026-13-09")
            .replacingOccurrences(of: "clauses: [BJ26-27]\n", with: "clauses: [BJ26-270]\n")
        let faults = try faults(spoilt)
        for problem in ["quotaYuan is -1", "limitFrmo", "a cap has no limit", "2026-13-09", "BJ26-270"] {
            #expect(faults.contains { $0.problem.contains(problem) }, "\(problem) in \(faults.map(\.problem))")
        }
        #expect(faults.map(\.place.line) == faults.map(\.place.line).sorted())
    }

    @Test("a place is exact to the column")
    func exactPlace() throws {
        let text = "programme: x\nversion: 1.5\n"
        let fault = try #require(try faults(text).first { $0.problem.contains("version") })
        #expect(fault.place == SourcePlace(line: 2, column: 10))
    }

    @Test(
        "what is no programme at all is answered too",
        arguments: [
            "", "   \n", "just a text", "- a\n- b\n", "\u{0}\u{1}", "a: b\n---\nc: d\n", "? [a, b]\n: c\n", "a: &x 1\nb: *x\n",
            "programme: *missing\n", "a: !!binary x\n", "\t\tx: 1", "%YAML 9.9\n---\na: 1\n", "a: \"\\ud800\"", "{{{{{{", "[[[[[[[[",
        ])
    func noProgramme(_ text: String) throws {
        let faults = try faults(text)
        #expect(faults.contains { $0.severity == .error })
        #expect(faults.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 && !$0.remedy.isEmpty })
    }

    @Test("aliases that would unfold without bound are refused before they do")
    func aliases() throws {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
        text += "? *a60\n: x\n"
        let fault = try #require(try faults(text).first)
        #expect(fault.problem.contains("alias"))
        #expect(fault.place.line == 2)
    }

    @Test("a file nested deeper than any programme is refused, not followed")
    func depth() throws {
        let text = "programme: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(try faults(text).contains { $0.problem.contains("nests") })
        #expect(try faults("a: " + String(repeating: "[", count: 100_000)).contains { $0.severity == .error })
    }

    @Test("a file larger than any programme is refused unread")
    func size() throws {
        #expect(try faults(String(repeating: "# x\n", count: 300_000)).contains { $0.problem.contains("larger") })
    }

    @Test("stars in texts, quotes and comments are no aliases")
    func starsInTexts() throws {
        let text = try real().replacingOccurrences(
            of: "en: Fixed", with: "en: \"a *star* in quotes\"  # and *one here")
        #expect(try faults(text).isEmpty)
        #expect(try faults("programme: 5 *x\n").allSatisfy { !$0.problem.contains("alias") })
    }
}
