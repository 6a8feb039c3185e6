public import Kernel

/// Why a document is refused, and the position of the fault.
public struct XMLFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason. It never contains text of the document, which may name accounts.
    public let reason: LocalisedText
    /// The line; nil if the fault concerns the whole document.
    public var line: Int?
    /// The path of elements, for example `Document/BkToCstmrStmt/Stmt[2]/Ntry[3]/Amt`; nil if the fault concerns the whole document.
    public var place: String?
    /// The document's or statement's own id; nil if it could not be read.
    public var documentID: String?

    init(zh: String, en: String, line: Int? = nil, place: String? = nil) {
        reason = LocalisedText(zh: zh, en: en)
        self.line = line
        self.place = place
    }

    /// The position and the reason, in English.
    public var description: String {
        ([line.map { "line \($0)" }, place].compactMap { $0 } + [reason.en]).joined(separator: ": ")
    }

    /// The fault with an enclosing element added to its path.
    func inside(_ element: XMLElement) -> XMLFault {
        var fault = self
        let step = element.order > 1 ? "\(element.name)[\(element.order)]" : element.name
        fault.line = line ?? element.line
        fault.place = place.map { "\(step)/\($0)" } ?? step
        return fault
    }
}

extension XMLElement {
    /// The result of `body` for this element. A fault thrown by it gets this element added to its path.
    func reading<Outcome>(_ body: (XMLElement) throws(XMLFault) -> Outcome) throws(XMLFault) -> Outcome {
        do {
            return try body(self)
        } catch {
            throw error.inside(self)
        }
    }
}
