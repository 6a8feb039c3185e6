import Kernel
import Messages
import Programme

/// What a calculation comes to.
struct Calculation {
    let steps: [CalculationStep]
    /// The share of the price.
    let subsidy: Fen
    /// The least of the share, the contract's voucher amount and what the order holds.
    let amount: Fen
}

extension Deciding {
    /// How the subsidy comes about, step by step: the programme's sum, then what the contract says and what the order holds.
    func calculation(_ contract: ContractFacts, _ facts: RedemptionFacts, reserved: Fen) throws(Refusal) -> Calculation {
        let sum = try programme.subsidy(price: try price(contract, facts), period: contract.period, unitPrice: contract.priceOfOneOfMany)
        var steps = sum.steps.map { CalculationStep(name: $0.name, text: $0.text, resultFen: $0.result, clauses: $0.clauses) }
        var amount = sum.amount
        for (name, zh, en, bound) in [
            ("contract-voucher", "合同券额", "the contract's voucher", contract.voucherFen),
            ("reserved", "订单占用", "what the order holds", reserved),
        ] {
            let least = min(amount, bound)
            let text = LocalisedText(
                zh: "\(amount) 与\(zh) \(bound) 取小者 = \(least)", en: "the lesser of \(amount) and \(en), \(bound) = \(least)")
            let citation = programme.subsidy.expectedCitation
            steps.append(CalculationStep(name: name, text: text, resultFen: least, clauses: citation.clauses + citation.readings))
            amount = least
        }
        return Calculation(steps: steps, subsidy: sum.amount, amount: amount)
    }

    /// What the share is taken of, as the programme has it.
    func price(_ contract: ContractFacts, _ facts: RedemptionFacts) throws(Refusal) -> Fen {
        let invoiced = try Self.sum(facts.invoices.map(\.totalFen))
        switch programme.subsidy.base {
        case .contractTotal: return contract.totalFen
        case .invoiceTotal: return invoiced
        case .invoiceAndVoucher: return try Self.sum([invoiced, contract.voucherFen])
        }
    }

    /// Amounts together (QUAN-11 where they do not fit).
    static func sum(_ amounts: [Fen]) throws(Refusal) -> Fen {
        do { return try Fen.sum(amounts) } catch { throw PlatformRule.amountOutOfRange.refusal() }
    }
}

extension ContractFacts {
    /// How long the service runs.
    var period: ServicePeriod { serviceThrough.map { .dates(from: serviceFrom, through: $0) } ?? .short }
}
