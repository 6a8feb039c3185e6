import Yams

/// A YAML value with its position.
struct YAMLTree {
    enum Content {
        case scalar(String)
        case list([YAMLTree])
        case map([Entry])
    }

    struct Entry {
        let key: String
        let keyPlace: SourcePlace
        let value: YAMLTree
    }

    let content: Content
    let place: SourcePlace

    /// The kind of value for error messages.
    var kindName: String {
        switch content {
        case .scalar(let text): text.isEmpty ? "nothing" : "\"\(text.prefix(40))\""
        case .list: "a list"
        case .map: "a group of keys"
        }
    }

    var scalar: String? {
        guard case .scalar(let text) = content else { return nil }
        return text
    }

    func entry(_ key: String) -> Entry? {
        guard case .map(let entries) = content else { return nil }
        return entries.first { $0.key == key }
    }
}

/// The limits of a file. A programme has a few thousand lines.
enum YAMLBounds {
    static let bytes = 1 << 20
    static let depth = 24
    static let values = 100_000
}

/// Parses a text as one YAML document, or reports the reason to `log`.
func parseYAML(_ text: String, into log: FaultLog) -> YAMLTree? {
    guard text.utf8.count <= YAMLBounds.bytes else {
        log.error(.start, "the file is larger than \(YAMLBounds.bytes) bytes", "Split it, or see whether it is the right file")
        return nil
    }
    if let place = AliasSearch.firstAlias(in: text) {
        log.error(place, "a * before a word is a YAML alias, which is not allowed in programme files", "Write its value instead")
        return nil
    }
    do {
        let parser = try Parser(yaml: text, encoding: .utf8)
        guard let root = try parser.singleRoot() else {
            log.error(.start, "the file is empty", "Write the programme into it")
            return nil
        }
        var conversion = YAMLConversion(log: log)
        return conversion.tree(root, depth: 0)
    } catch let error as YamlError {
        log.report(error)
    } catch {
        log.error(.start, "the file cannot be read as YAML: \(error)", "Correct its syntax")
    }
    return nil
}

/// Converts the parser's nodes, within the limits.
private struct YAMLConversion {
    let log: FaultLog
    private var values = 0

    init(log: FaultLog) { self.log = log }

    mutating func tree(_ node: Node, depth: Int) -> YAMLTree? {
        let place = node.mark.map { SourcePlace(line: $0.line, column: $0.column) } ?? .start
        values += 1
        guard depth <= YAMLBounds.depth, values <= YAMLBounds.values else {
            log.error(place, "the file has too many levels or values", "Remove the surplus")
            return nil
        }
        switch node {
        case .scalar(let scalar): return YAMLTree(content: .scalar(scalar.string), place: place)
        case .sequence(let sequence):
            let items = sequence.compactMap { tree($0, depth: depth + 1) }
            return YAMLTree(content: .list(items), place: place)
        case .mapping(let mapping):
            return YAMLTree(content: .map(mapping.compactMap { entry($0.key, $0.value, depth: depth) }), place: place)
        case .alias:
            log.error(place, "YAML aliases are not allowed in programme files", "Write its value instead")
            return nil
        }
    }

    private mutating func entry(_ key: Node, _ value: Node, depth: Int) -> YAMLTree.Entry? {
        let place = key.mark.map { SourcePlace(line: $0.line, column: $0.column) } ?? .start
        guard case .scalar(let name) = key else {
            log.error(place, "a key must be a plain word", "Write it like `limitYuan:`")
            return nil
        }
        guard let value = tree(value, depth: depth + 1) else { return nil }
        return YAMLTree.Entry(key: name.string, keyPlace: place, value: value)
    }
}

extension SourcePlace {
    static let start = SourcePlace(line: 1, column: 1)
}

extension FaultLog {
    fileprivate func report(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            broken(SourcePlace(line: mark.line, column: mark.column), problem)
        case .duplicatedKeysInMapping(let keys, let context):
            self.error(
                SourcePlace(line: context.mark.line, column: context.mark.column),
                "the key \(keys.joined(separator: ", ")) occurs twice here", "Keep one of them")
        case .reader(let problem, _, _, _): broken(.start, problem)
        case .memory: broken(.start, "it nests too deeply")
        case .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded: broken(.start, "\(error)")
        }
    }

    private func broken(_ place: SourcePlace, _ problem: String) {
        error(place, "this is not YAML: \(problem)", "Look at the indentation, quotes and brackets here and on the line before")
    }
}
