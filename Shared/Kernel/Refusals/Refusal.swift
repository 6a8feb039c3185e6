/// A refusal as a value: which rule said no, what was compared, and what the refused party can do.
///
/// The same value reaches the API (an RFC 9457 problem: `slug` ends its `type`, the rest are its members), the page, the audit log and the
/// test. It carries no personal number and no bank account.
public struct Refusal: Error, Sendable, Hashable, Codable {
    /// The stable name of the reason, in lower case with hyphens: "budget-exhausted". It never changes once published.
    public let slug: String
    /// The ids of the clauses that refused, "BJ26-03" or "QUAN-08"; the decisive one first.
    public private(set) var clauses: [String]
    /// What was compared, in the order it is told.
    public private(set) var numbers: [RefusalNumber]
    /// What happened and why.
    public let message: LocalisedText
    /// How to mend it, where that is in the refused party's hands.
    public private(set) var remedy: LocalisedText?

    /// A refusal by `clause`, and by the `further` clauses where one does not say it all.
    public init(
        slug: String, clause: String, further: [String] = [], numbers: [RefusalNumber] = [], message: LocalisedText,
        remedy: LocalisedText? = nil
    ) {
        self.slug = slug
        self.clauses = [clause] + further
        self.numbers = numbers
        self.message = message
        self.remedy = remedy
    }
}

/// A refusal is built up from its reason: each of these gives a copy with one thing more.
extension Refusal {
    /// The refusal with one more clause behind those it has.
    public func under(_ clause: String) -> Refusal {
        changed { $0.clauses.append(clause) }
    }

    /// The refusal with one more amount that was compared.
    public func comparing(_ name: String, _ amount: Fen) -> Refusal {
        comparing(name, amount.rawValue, .fen)
    }

    /// The refusal with one more number that was compared.
    public func comparing(_ name: String, _ number: some BinaryInteger, _ unit: RefusalUnit) -> Refusal {
        changed { $0.numbers.append(RefusalNumber(name: name, value: .integer(Int64(clamping: number)), unit: unit)) }
    }

    /// The refusal with one more thing that was compared and is no number.
    public func comparing(_ name: String, _ text: String, _ unit: RefusalUnit) -> Refusal {
        changed { $0.numbers.append(RefusalNumber(name: name, value: .text(text), unit: unit)) }
    }

    /// The refusal with another way to mend it.
    public func mended(by remedy: LocalisedText) -> Refusal {
        changed { $0.remedy = remedy }
    }

    private func changed(_ change: (inout Refusal) -> Void) -> Refusal {
        var copy = self
        change(&copy)
        return copy
    }
}
