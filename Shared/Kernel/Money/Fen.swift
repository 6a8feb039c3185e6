/// An amount of money in whole fen (1 yuan is 100 fen).
///
/// All arithmetic is checked: a result outside 64 bits throws `MoneyError.overflow`, and never wraps or traps. There is no division and no
/// conversion from floating point; use `share(_:)` for a part of an amount.
public struct Fen: RawRepresentable, Sendable, Hashable, Comparable {
    /// The number of fen.
    public let rawValue: Int64

    /// An amount of `rawValue` fen.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// An amount of `fen` fen.
    public init(_ fen: Int64) { rawValue = fen }

    /// Zero.
    public static let zero = Fen(0)
    /// The greatest amount.
    public static let max = Fen(Int64.max)
    /// The least amount.
    public static let min = Fen(Int64.min)

    /// Whether `left` is less than `right`.
    public static func < (left: Fen, right: Fen) -> Bool { left.rawValue < right.rawValue }

    /// An amount of whole yuan.
    public static func yuan(_ yuan: Int64) throws(MoneyError) -> Fen {
        try checked(yuan.multipliedReportingOverflow(by: 100), "yuan to fen")
    }

    /// The sum of this amount and `other`.
    public func adding(_ other: Fen) throws(MoneyError) -> Fen {
        try Self.checked(rawValue.addingReportingOverflow(other.rawValue), "addition")
    }

    /// This amount minus `other`.
    public func subtracting(_ other: Fen) throws(MoneyError) -> Fen {
        try Self.checked(rawValue.subtractingReportingOverflow(other.rawValue), "subtraction")
    }

    /// This amount, `count` times.
    public func multiplied(by count: Int64) throws(MoneyError) -> Fen {
        try Self.checked(rawValue.multipliedReportingOverflow(by: count), "multiplication")
    }

    /// The amount with the other sign.
    public func negated() throws(MoneyError) -> Fen {
        try Self.zero.subtracting(self)
    }

    /// The sum of the amounts; zero if there are none. Throws only if the total does not fit, independent of the order of the amounts.
    public static func sum(_ amounts: some Sequence<Fen>) throws(MoneyError) -> Fen {
        var total = Int128(0)
        for amount in amounts { total += Int128(amount.rawValue) }
        guard let fen = Int64(exactly: total) else { throw .overflow(operation: "sum") }
        return Fen(fen)
    }

    /// The share of this amount, rounded down to the fen. *Down* means towards zero for both signs, see `scaled(by:over:)`; the result
    /// never exceeds the amount.
    public func share(_ share: BasisPoints) -> Fen {
        // At most 10000/10000 of a 64-bit number: it always fits.
        Fen(Int64(truncatingIfNeeded: scaled(Int128(share.rawValue), Int128(BasisPoints.whole.rawValue))))
    }

    /// This amount times `numerator` over `denominator`, rounded down to the fen: 12 months of the price of 18.
    ///
    /// Throws `MoneyError.overflow` if the result does not fit or the denominator is zero.
    public func scaled(by numerator: Int64, over denominator: Int64) throws(MoneyError) -> Fen {
        guard denominator != 0, let fen = Int64(exactly: scaled(Int128(numerator), Int128(denominator))) else {
            throw .overflow(operation: "scaling")
        }
        return Fen(fen)
    }

    /// The only place where money is rounded.
    ///
    /// The product is computed in 128 bits, so that only the division rounds. *Down* means towards zero for both signs: the part of a
    /// negated amount is the negated part, so a return of funds cancels the payment to the fen.
    private func scaled(_ numerator: Int128, _ denominator: Int128) -> Int128 {
        Int128(rawValue) * numerator / denominator
    }

    private static func checked(_ result: (partialValue: Int64, overflow: Bool), _ operation: String) throws(MoneyError) -> Fen {
        guard !result.overflow else { throw .overflow(operation: operation) }
        return Fen(result.partialValue)
    }
}
