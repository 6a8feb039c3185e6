public import Foundation
public import Kernel

/// A claim that waits for the end of its batch.
public struct WaitingClaim: Sendable, Hashable {
    /// The claim's id; the final criterion between otherwise equal claims.
    public let id: String
    /// The lists that contain its enterprise.
    public let lists: Set<String>
    /// When it was received.
    public let claimedAt: Date
    /// The claimed amount.
    public let amount: Fen

    /// A claim.
    public init(id: String, lists: Set<String>, claimedAt: Date, amount: Fen) {
        (self.id, self.lists, self.claimedAt, self.amount) = (id, lists, claimedAt, amount)
    }
}

extension Allocation {
    /// The claims in the order of service. The order is deterministic.
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

    /// The claims that a batch of that amount serves, in order. The first claim that does not fit ends the batch; later smaller claims are
    /// not served.
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
