import Kernel

/// A value of the file being loaded. Each accessor returns the value, or reports a fault and returns nil.
struct Item {
    let tree: YAMLTree
    let context: LoadContext
    /// Whether it refers to an unknown setting, which is reported only once with all other unknown names.
    private let isSilent: Bool

    /// A value; `{setting: name}` is replaced by the setting's value.
    init(_ tree: YAMLTree, _ context: LoadContext) {
        self.context = context
        guard case .map(let entries) = tree.content, entries.count == 1, entries[0].key == "setting", let name = entries[0].value.scalar
        else {
            self.tree = tree
            isSilent = false
            return
        }
        context.names.use(.setting, name, entries[0].value.place)
        self.tree = context.settings[name] ?? YAMLTree(content: .scalar(""), place: tree.place)
        isSilent = context.settings[name] == nil
    }

    var place: SourcePlace { tree.place }

    func fault(_ problem: String, _ remedy: String) {
        guard !isSilent else { return }
        context.log.error(place, problem, remedy)
    }

    func text() -> String? {
        guard let text = tree.scalar else {
            fault("a text is expected here, not \(tree.kindName)", "Write it in one piece, in quotes where it has a colon")
            return nil
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            fault("a text is expected here, but it is empty", "Write it, or remove the key")
            return nil
        }
        return text
    }

    /// A name: letters, digits and hyphens, beginning with a letter or digit.
    func name() -> String? {
        guard let text = text() else { return nil }
        let begins = text.first.map { $0.isLetter || $0.isNumber } ?? false
        guard begins, text.utf8.count <= 64, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
            fault("\"\(text.prefix(40))\" is not a valid name", "Use letters, digits and hyphens, at most 64, like enterprise-year")
            return nil
        }
        return text
    }

    func integer(_ range: ClosedRange<Int64>, _ what: String) -> Int64? {
        guard let text = tree.scalar else {
            fault("\(what) must be a whole number, not \(tree.kindName)", "Write digits alone")
            return nil
        }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            fault("\(what) must be a whole number, not \"\(text.prefix(40))\"", "Write digits alone: no point, no comma, no unit, no %")
            return nil
        }
        guard let number = Int64(text), range.contains(number) else {
            fault(
                "\(what) is \(text.prefix(40)), and must be from \(range.lowerBound) to \(range.upperBound)", "Write a number in that range"
            )
            return nil
        }
        return number
    }

    func flag() -> Bool? {
        switch tree.scalar {
        case "true": return true
        case "false": return false
        default:
            fault("true or false is expected here, not \(tree.kindName)", "Write one of the two")
            return nil
        }
    }

    func date() -> CalendarDate? {
        guard let text = text() else { return nil }
        do {
            return try CalendarDate(text)
        } catch {
            fault("\"\(text.prefix(40))\": \(error.description)", "Write a day like 2026-08-31")
            return nil
        }
    }

    /// The items of a list; a single value counts as a list of one.
    func list() -> [Item] {
        switch tree.content {
        case .list(let items): return items.map { Item($0, context) }
        case .scalar(let text) where text.isEmpty:
            fault("a list is expected here, but it is empty", "Write one like [a, b], or remove the key")
            return []
        case .scalar, .map: return [self]
        }
    }

    func names() -> [String] { list().compactMap { $0.name() } }

    /// A case of an enumeration by its raw value.
    func choice<Choice: RawRepresentable & CaseIterable>(_ what: String, _: Choice.Type = Choice.self) -> Choice?
    where Choice.RawValue == String {
        guard let text = text() else { return nil }
        guard let choice = Choice(rawValue: text) else {
            fault("there is no \(what) \"\(text.prefix(40))\"", didYouMean(text, Choice.allCases.map(\.rawValue)))
            return nil
        }
        return choice
    }

    /// A reference to a name in the file; it is checked after the whole file is loaded.
    func reference(_ kind: NameKind) -> String? {
        guard let name = name() else { return nil }
        context.names.use(kind, name, place)
        return name
    }

    func references(_ kind: NameKind) -> [String] { list().compactMap { $0.reference(kind) } }

    func step() -> StepReference? {
        guard let text = text() else { return nil }
        guard let reference = StepReference(text) else {
            fault("\"\(text.prefix(40))\" names no step", "Write procedure and step, like order.place")
            return nil
        }
        context.names.use(.step, text, place)
        return reference
    }

    func field(_ types: Set<FieldType>) -> FieldName? {
        guard let text = text() else { return nil }
        guard let name = FieldName(text) else {
            fault("\"\(text.prefix(40))\" names no field", "Write record and field, like contract.total")
            return nil
        }
        context.names.use(field: name, types, place)
        return name
    }

    /// A step or a deadline, "order.contract". Whether it exists is checked where it is used.
    func stepOrDeadline() -> StepReference? {
        guard let text = text() else { return nil }
        guard let reference = StepReference(text) else {
            fault("\"\(text.prefix(40))\" names no step", "Write procedure and step, like order.place")
            return nil
        }
        return reference
    }

    func division() -> String? {
        guard let text = text() else { return nil }
        guard Division.find(text) != nil else {
            fault("no division has the code \"\(text.prefix(40))\"", "Write the six digits of GB/T 2260, 110000 for Beijing")
            return nil
        }
        return text
    }
}
