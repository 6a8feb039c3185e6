import Foundation
import Kernel
import Procedures
import QuotaLedger
import Testing

@testable import Programme

/// An invented programme: a desk that lends two items against a deposit. It has every kind of check and cause that the engine decides.
enum LendingDesk {
    static let text = """
        programme: lending-desk
        version: 1
        zh: 借物台
        en: Lending desk
        city: "110000"
        timeZone: Asia/Shanghai
        registries: []
        effective: {from: 2026-01-01, through: 2026-12-31, clauses: [QUAN-08]}
        roles:
          - {id: member, zh: 会员, en: Member}
          - {id: clerk, zh: 经办, en: Clerk}
          - {id: head, zh: 负责人, en: Head}
          - {id: platform, zh: 平台, en: Platform}
        tiers: [{id: every, zh: 全部, en: Everybody, quotaYuan: 1, clauses: [QUAN-08]}]
        caps:
          - {id: stock, zh: 库存, en: Stock, account: product-stock, unit: vouchers, limitVouchers: 2, reservedAt: loan.request, clauses: [QUAN-08]}
          - {id: deposits, zh: 押金, en: Deposits, account: programme-year, unit: fen, limitYuan: 100, year: order, reservedAt: loan.request, clauses: [QUAN-11]}
        subsidy: {shareBasisPoints: 3000, base: contract-total, expected: {by: share-of-upper-guide-price, dearer: top-up, clauses: [QUAN-08]}, clauses: [QUAN-08]}
        payout: {route: treasury, channel: bank, people: 2, clauses: [QUAN-08]}
        windows: [{id: desk, zh: 开放期, en: Open hours, opens: 2026-01-01, closes: 2026-06-30, clauses: [QUAN-08]}]
        forms:
          - id: request
            zh: 申请单
            en: Request
            record: loan
            at: [loan.request]
            clauses: [QUAN-01]
            fields:
              - {id: item, zh: 物品, en: Item, type: text, starred: true, mostCharacters: 20}
              - {id: deposit, zh: 押金, en: Deposit, type: amount, starred: true}
        documents: [{id: licence, zh: 证件, en: Licence, by: member, at: [loan.request], clauses: [QUAN-25]}]
        checks:
          - {id: deposit-at-most, zh: 押金不超过80元, en: A deposit of at most CNY 80, kind: at-most, field: loan.deposit, yuan: 80, at: [loan.request], clauses: [QUAN-11]}
          - {id: deposit-payable, zh: 押金不少于10元, en: A deposit of at least CNY 10, kind: at-least, field: loan.deposit, yuan: 10, at: [payment.check], clauses: [QUAN-11]}
          - {id: complaint-settled, zh: 投诉已解决, en: The complaint is settled, kind: judged, question: {zh: 是否已解决？, en: "Is it settled?"}, at: [complaint.close], clauses: [QUAN-15]}
          - {id: small-deposit, zh: 押金不超过50元, en: A deposit of at most CNY 50, kind: at-most, field: loan.deposit, yuan: 50, excusableBy: [head], at: [complaint.close], clauses: [QUAN-11]}
          - {id: tiny-deposit, zh: 押金不超过5元, en: A deposit of at most CNY 5, kind: at-most, field: loan.deposit, yuan: 5, effect: prefer, at: [loan.approve], clauses: [QUAN-11]}
        procedures:
          - id: loan
            zh: 借出
            en: Loan
            owner: desk
            amount: loan.deposit
            states:
              - {id: requested, zh: 已申请, en: Requested}
              - {id: approved, zh: 已批准, en: Approved}
              - {id: lent, zh: 已借出, en: Lent}
              - {id: overdue, zh: 逾期, en: Overdue}
              - {id: returned, zh: 已归还, en: Returned, final: true}
              - {id: lost, zh: 已遗失, en: Lost, final: true}
              - {id: cancelled, zh: 已取消, en: Cancelled, final: true}
            steps:
              - {id: request, zh: 申请, en: Request, by: [member], from: [start], to: requested, window: desk, ledger: reserve, clauses: [QUAN-01]}
              - {id: approve, zh: 批准, en: Approve, by: [clerk], from: [requested], to: approved, publishes: [loan.item], clauses: [QUAN-10]}
              - {id: lend, zh: 借出, en: Lend, by: [clerk, head], from: [approved], to: lent, notBySameAs: approve, clauses: [QUAN-10]}
              - {id: cancel, zh: 取消, en: Cancel, by: [member], from: [requested, approved], to: cancelled, needsReason: true, ledger: release, clauses: [QUAN-18]}
              - {id: return, zh: 归还, en: Return, cause: {needs: [{procedure: inspection, reached: [passed], since: lend}]}, from: [lent, overdue], to: returned, ledger: release, clauses: [QUAN-15]}
              - {id: lose, zh: 遗失, en: Lose, cause: {also: inspection.fail}, from: [lent, overdue], to: lost, ledger: forfeit, clauses: [QUAN-15]}
              - {id: archive, zh: 归档, en: Archive, by: [head], from: [returned], needs: [{procedure: review, every: {is: [submitted]}, least: 2}, {procedure: complaint, none: {is: [open]}}], clauses: [QUAN-15]}
            deadlines:
              - {id: pick-up, zh: 领取期限, en: Picking up, states: [approved], hours: 48, after: approve, lapse: {to: cancelled, ledger: release}, clauses: [QUAN-06]}
              - {id: term, zh: 借期, en: Term, states: [lent], calendarDays: 10, after: lend, lapse: {to: overdue, ledger: nothing}, clauses: [QUAN-06]}
          - id: inspection
            zh: 查验
            en: Inspection
            owner: desk
            of: loan
            states: [{id: open, zh: 待查验, en: Open}, {id: passed, zh: 合格, en: Passed, final: true}, {id: failed, zh: 不合格, en: Failed, final: true}]
            steps:
              - {id: open, zh: 开始, en: Open, cause: {needs: [{procedure: loan, is: [lent]}]}, from: [start], to: open, clauses: [QUAN-15]}
              - {id: pass, zh: 合格, en: Pass, by: [clerk], from: [open], to: passed, clauses: [QUAN-10]}
              - {id: fail, zh: 不合格, en: Fail, by: [clerk], from: [open], to: failed, also: [loan.lose], needsReason: true, clauses: [QUAN-10]}
          - id: payment
            zh: 押金
            en: Payment
            owner: till
            of: loan
            states: [{id: due, zh: 待核, en: Due}, {id: checked, zh: 已核, en: Checked}, {id: paid, zh: 已付, en: Paid, final: true}, {id: refused, zh: 不付, en: Refused, final: true}]
            steps:
              - {id: open, zh: 开始, en: Open, cause: {needs: [{procedure: loan, is: [lent]}]}, from: [start], to: due, clauses: [QUAN-15]}
              - {id: check, zh: 核对, en: Check, cause: {after: open}, from: [due], to: checked, otherwise: refuse, clauses: [QUAN-11]}
              - {id: refuse, zh: 不付, en: Refuse, by: [platform], from: [due], to: refused, clauses: [QUAN-11]}
              - {id: confirm, zh: 到账, en: Confirm, cause: {answer: bank.confirmed}, from: [checked], to: paid, clauses: [QUAN-15]}
          - id: review
            zh: 评价
            en: Review
            owner: desk
            of: loan
            states: [{id: submitted, zh: 已提交, en: Submitted, final: true}]
            steps: [{id: submit, zh: 提交, en: Submit, by: [clerk], from: [start], to: submitted, clauses: [QUAN-15]}]
          - id: complaint
            zh: 投诉
            en: Complaint
            owner: desk
            of: loan
            states: [{id: open, zh: 处理中, en: Open}, {id: closed, zh: 已结, en: Closed, final: true}]
            steps:
              - {id: file, zh: 提出, en: File, by: [member], from: [start], to: open, clauses: [QUAN-15]}
              - {id: close, zh: 结案, en: Close, by: [head, clerk], from: [open], to: closed, clauses: [QUAN-15]}
        """

    static func programme(_ text: String = text) throws -> Programme {
        try Programme.load(
            SourceText(name: "lending-desk.yaml", text: text), book: ClauseBook(registries: [], interpretations: [])
        ).programme
    }

    static let start = Date(timeIntervalSince1970: 1_780_000_000)
    static let item = UUID()

    static func host() throws -> MemoryHost {
        MemoryHost(try programme(), at: start)
    }

    static func member(_ organisation: UUID = UUID()) -> StepActor {
        StepActor(person: UUID(), organisation: organisation, roles: ["member"])
    }
    static func clerk() -> StepActor { StepActor(person: UUID(), roles: ["clerk"]) }
    static func head() -> StepActor { StepActor(person: UUID(), roles: ["head"]) }

    static func request(_ yuan: Int64 = 20, product: UUID = item) -> StepInput {
        StepInput(
            fields: Facts().with("loan", "item", .text("钻机")).with("loan", "deposit", .amount(Fen(yuan * 100))),
            papers: [Paper("licence", file: PaperFile(hash: "licence"))],
            parties: ["product": product])
    }

    static func step(_ text: String) throws -> StepReference { try #require(StepReference(text)) }
}

extension MemoryHost {
    /// Takes a step that must succeed.
    @discardableResult
    mutating func must(
        _ step: String, _ id: UUID, parent: UUID? = nil, _ input: StepInput = StepInput(), by actor: StepActor
    ) throws -> Transition {
        try take(try LendingDesk.step(step), on: id, parent: parent, input, by: actor)
    }

    /// The refusals of a step that must be refused; it must change nothing but lapses.
    mutating func refusals(
        _ step: String, _ id: UUID, parent: UUID? = nil, _ input: StepInput = StepInput(), by actor: StepActor
    ) throws -> [Refusal] {
        let before = (families, ledger)
        do {
            try take(try LendingDesk.step(step), on: id, parent: parent, input, by: actor)
            Issue.record("\(step) was taken")
            return []
        } catch let refused as StepRefused {
            if refused.lapsed == nil { #expect(families == before.0 && ledger == before.1, "a refused step changed something") }
            return refused.refusals
        }
    }

    /// Requests, approves and lends.
    mutating func lend(_ id: UUID, to member: StepActor, yuan: Int64 = 20, product: UUID = LendingDesk.item) throws {
        try must("loan.request", id, LendingDesk.request(yuan, product: product), by: member)
        try must("loan.approve", id, by: LendingDesk.clerk())
        try must("loan.lend", id, by: LendingDesk.head())
    }
}

extension Ledger {
    /// The sides of an account that tests add up.
    enum Side { case held, posted, forfeited }

    /// A side of the accounts of a cap, added up.
    func total(_ side: Side, of cap: String) -> Int64 {
        accounts.values.filter { $0.cap == cap }.reduce(0) { sum, account in
            switch side {
            case .held: sum + account.pending
            case .posted: sum + account.posted
            case .forfeited: sum + account.forfeited
            }
        }
    }

    /// A side of a case's reservations, added up.
    func total(_ side: Side, of id: UUID) -> Int64 {
        hold(of: id).reservations.reduce(0) { sum, reservation in
            switch side {
            case .held: sum + reservation.pending
            case .posted: sum + reservation.posted
            case .forfeited: sum + reservation.forfeited
            }
        }
    }
}
