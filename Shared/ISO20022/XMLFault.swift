public import Kernel

/// Why a text is no document of ours, and where in it.
public struct XMLFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong; never the document's own text, which may name accounts.
    public let reason: LocalisedText
    /// The line; nil where the whole is meant.
    public var line: Int?
    /// The elements down to the place, as in `Document/BkToCstmrStmt/Stmt[2]/Ntry[3]/Amt`; nil where the whole is meant.
    public var place: String?
    /// The id that the document, or the part of it, gives itself; nil where none could be read.
    public var documentID: String?

    init(zh: String, en: String, line: Int? = nil, place: String? = nil) {
        reason = LocalisedText(zh: zh, en: en)
        self.line = line
        self.place = place
    }

    /// Where and what, in English.
    public var description: String {
        ([line.map { "line \($0)" }, place].compactMap { $0 } + [reason.en]).joined(separator: ": ")
    }

    /// The fault as it is seen from an element around its place.
    func inside(_ element: XMLElement) -> XMLFault {
        var fault = self
        let step = element.order > 1 ? "\(element.name)[\(element.order)]" : element.name
        fault.line = line ?? element.line
        fault.place = place.map { "\(step)/\($0)" } ?? step
        return fault
    }
}

extension XMLElement {
    /// What a body makes of this element. A fault that it throws names the way to this element.
    func reading<Outcome>(_ body: (XMLElement) throws(XMLFault) -> Outcome) throws(XMLFault) -> Outcome {
        do {
            return try body(self)
        } catch {
            throw error.inside(self)
        }
    }
}
