/// A refusal as a value: the violated rule, the compared values, and a remedy.
///
/// The same value is used in the API (an RFC 9457 problem: `slug` ends its `type`, the rest are its members), on pages, in the audit log
/// and in tests. It never contains a personal number or a bank account.
public struct Refusal: Error, Sendable, Hashable, Codable {
    /// The stable name of the reason, in lower case with hyphens: "budget-exhausted". It never changes once published.
    public let slug: String
    /// The ids of the violated clauses, "BJ26-03" or "QUAN-08"; the decisive one first.
    public private(set) var clauses: [String]
    /// The compared values, in display order.
    public private(set) var numbers: [RefusalNumber]
    /// What happened and why.
    public let message: LocalisedText
    /// What the caller can do about it; nil if nothing.
    public private(set) var remedy: LocalisedText?

    /// A refusal under `clause` and the `further` clauses.
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

/// Builders: each returns a copy with one addition.
extension Refusal {
    /// The refusal with one more clause at the end.
    public func under(_ clause: String) -> Refusal {
        changed { $0.clauses.append(clause) }
    }

    /// The refusal with one more compared amount.
    public func comparing(_ name: String, _ amount: Fen) -> Refusal {
        comparing(name, amount.rawValue, .fen)
    }

    /// The refusal with one more compared number.
    public func comparing(_ name: String, _ number: some BinaryInteger, _ unit: RefusalUnit) -> Refusal {
        changed { $0.numbers.append(RefusalNumber(name: name, value: .integer(Int64(clamping: number)), unit: unit)) }
    }

    /// The refusal with one more compared value that is not a number.
    public func comparing(_ name: String, _ text: String, _ unit: RefusalUnit) -> Refusal {
        changed { $0.numbers.append(RefusalNumber(name: name, value: .text(text), unit: unit)) }
    }

    /// The refusal with another remedy.
    public func withRemedy(_ remedy: LocalisedText) -> Refusal {
        changed { $0.remedy = remedy }
    }

    private func changed(_ change: (inout Refusal) -> Void) -> Refusal {
        var copy = self
        change(&copy)
        return copy
    }
}
