public import Kernel

/// Asks identity to record an organisation's entries in credit registers. Sent by an officer or by the importer of register data.
public struct RecordCredit: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("identity", "record-credit")

    /// A serious negative entry in a register.
    public struct Entry: Codable, Sendable, Hashable {
        /// The kind: `operation`, `environment`, `tax`, `integrity`.
        @Text<CodeText> public private(set) var kind: String
        /// The date of the entry.
        public let on: CalendarDate

        /// An entry.
        public init(kind: String, on: CalendarDate) { (self.kind, self.on) = (kind, on) }
    }

    /// The organisation's credit code.
    @Text<NumberText> public private(set) var creditCode: String
    /// All serious entries; they replace those recorded before.
    public let entries: [Entry]
    /// The lists that name the organisation, by their names in the programme: `dishonest-debtor`.
    @Texts<CodeText, Set<String>> public private(set) var lists: Set<String>

    /// Records the entries and lists.
    public init(creditCode: String, entries: [Entry], lists: Set<String>) {
        self.creditCode = creditCode
        self.entries = entries
        self.lists = lists
    }
}
