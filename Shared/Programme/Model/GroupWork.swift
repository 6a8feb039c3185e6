/// What a step of a group does with its members: the cases that refer to the group. They are ranked once; then each takes a step.
public struct GroupWork: Sendable, Hashable {
    /// A criterion of the rank.
    public enum Rank: Sendable, Hashable {
        /// Members whose enterprise is on one of these lists come first.
        case lists([String])
        /// The earlier member comes first.
        case received
        /// By lot; the seed is a field of the group.
        case draw(seed: FieldName)
    }

    /// What happens where a cap refuses a member's step.
    public struct Refusal: Sendable, Hashable {
        /// The cap.
        public var cap: String
        /// The step that the member takes in place of the refused one.
        public var take: String
        /// The step that all members after it take; nil if they are tried.
        public var rest: String?
    }

    /// The procedure of the members.
    public var of: String
    /// The states of the members.
    public var states: [String]
    /// The criteria of the rank, the most important first; at last the ids decide.
    public var rank: [Rank]
    /// The step that each member takes.
    public var take: String
    /// What happens where caps refuse it.
    public var refusedBy: [Refusal]

    /// All steps that members may take because of the group.
    public var steps: Set<String> { Set([take] + refusedBy.flatMap { [$0.take, $0.rest].compactMap(\.self) }) }
}
