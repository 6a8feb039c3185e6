public import Foundation
public import Kernel

/// A claim that waits for its batch to close.
public struct WaitingClaim: Sendable, Hashable {
    /// The claim's id; the last word between claims that are otherwise alike.
    public let id: String
    /// The lists its enterprise is on.
    public let lists: Set<String>
    /// When it was received.
    public let claimedAt: Date
    /// What it asks for.
    public let amount: Fen

    /// A claim.
    public init(id: String, lists: Set<String>, claimedAt: Date, amount: Fen) {
        (self.id, self.lists, self.claimedAt, self.amount) = (id, lists, claimedAt, amount)
    }
}

extension Allocation {
    /// The claims in the order they are served in. The same claims always come in the same order.
    public func ranked(_ claims: [WaitingClaim]) -> [WaitingClaim] {
        claims.sorted { left, right in
            for rank in ranking {
                switch rank {
                case .onList(let lists):
                    let (first, second) = (!left.lists.isDisjoint(with: lists), !right.lists.isDisjoint(with: lists))
                    if first != second { return first }
                case .timeOfClaim:
                    if left.claimedAt != right.claimedAt { return left.claimedAt < right.claimedAt }
                }
            }
            return left.id < right.id
        }
    }

    /// The claims that a batch of that amount serves, in order. The first that no longer fits ends it: a smaller one behind it does not overtake.
    public func served(_ claims: [WaitingClaim], batch: Fen) -> [WaitingClaim] {
        var left = batch
        var served: [WaitingClaim] = []
        for claim in ranked(claims) {
            guard claim.amount >= .zero, claim.amount <= left, let rest = try? left.subtracting(claim.amount) else { break }
            left = rest
            served.append(claim)
        }
        return served
    }
}
