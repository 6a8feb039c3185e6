public import Kernel

/// Asks identity to take down what credit registers say of an organisation. By an officer, or by whoever brings the registers' data.
public struct RecordCredit: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("identity", "record-credit")

    /// A serious entry of a register.
    public struct Entry: Codable, Sendable, Hashable {
        /// What it is about: `operation`, `environment`, `tax`, `integrity`.
        @Text<CodeText> public private(set) var kind: String
        /// Its day.
        public let on: CalendarDate

        /// An entry.
        public init(kind: String, on: CalendarDate) { (self.kind, self.on) = (kind, on) }
    }

    /// The organisation's credit code.
    @Text<NumberText> public private(set) var creditCode: String
    /// All serious entries there are; they replace those recorded before.
    public let entries: [Entry]
    /// The lists it is on, by the programme's names: `dishonest-debtor`.
    @Texts<CodeText, Set<String>> public private(set) var lists: Set<String>

    /// What the registers say.
    public init(creditCode: String, entries: [Entry], lists: Set<String>) {
        self.creditCode = creditCode
        self.entries = entries
        self.lists = lists
    }
}
