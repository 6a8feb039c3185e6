import Foundation
public import Kernel

/// The names that an institution is registered under now: one for each programme that it is admitted to. An account that is paid to is in one
/// of them (IN-54).
public struct RegisteredNames: Sendable, Hashable {
    /// An institution as one programme has it.
    public struct Registration: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Whether it takes part; one that was removed may still be owed what it has redeemed.
        public let isAdmitted: Bool

        /// A registration.
        public init(name: String, isAdmitted: Bool) { (self.name, self.isAdmitted) = (name, isAdmitted) }
    }

    private let names: [String]

    /// The names of these registrations: of those that take part, else of all.
    public init(_ registrations: [Registration]) {
        let admitted = registrations.filter(\.isAdmitted)
        names = (admitted.isEmpty ? registrations : admitted).map(\.name).sorted()
    }

    /// Whether the institution is registered at all.
    public var isEmpty: Bool { names.isEmpty }

    /// Whether an account's name is one of them. Blanks around it and the width of brackets do not count: banks and registers write both.
    public func hold(_ accountName: String) -> Bool { names.contains { Self.plain($0) == Self.plain(accountName) } }

    /// Why an account of that name is not paid to; nil where it may be.
    public func refusal(of accountName: String) -> Refusal? {
        guard !hold(accountName) else { return nil }
        let refusal = PlatformRule.payeeNameDiffers.refusal().under(Self.interpretation)
        return names.first.map { refusal.comparing("registered", $0, .code) } ?? refusal
    }

    static let interpretation = "IN-54"

    private static func plain(_ name: String) -> String {
        name.replacing("（", with: "(").replacing("）", with: ")").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
