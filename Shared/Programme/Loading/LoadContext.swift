import Kernel

/// The context of one load: the fault log, the citable clauses, and the defined and used names.
final class LoadContext {
    let log: FaultLog
    let book: ClauseBook
    var settings: [String: YAMLTree] = [:]
    var names = NameTable()
    /// The current procedure: its states and steps may be named without it.
    var procedure: String?

    init(log: FaultLog, book: ClauseBook) { (self.log, self.book) = (log, book) }
}

/// The kind of a name.
enum NameKind: String, Hashable {
    case role, beneficiary, list, qualification, domain, category, service, setting, tier, cap, form, document, window, procedure, state,
        step, sanction, rule
    case paperRule = "paper rule"
    case deadline
}

/// The names that a file defines and uses, with their positions. Uses are checked when all names are known.
struct NameTable {
    struct Key: Hashable {
        let kind: NameKind
        let name: String
    }

    struct FieldUse {
        let name: FieldName
        let types: Set<FieldType>
        let place: SourcePlace
    }

    struct FieldValues {
        let field: FieldName
        let values: [(text: String, place: SourcePlace)]
    }

    private(set) var given: [Key: SourcePlace] = [:]
    private(set) var uses: [(key: Key, place: SourcePlace)] = []
    private(set) var fields: [FieldName: FieldType] = PlatformField.all.mapValues(\.type)
    private(set) var copies: [FieldName: FieldName] = [:]
    private(set) var fieldUses: [FieldUse] = []
    private(set) var fieldValues: [FieldValues] = []
    private(set) var fieldPairs: [(pair: FieldPair, place: SourcePlace)] = []
    private(set) var used: Set<Key> = []

    /// Records a name; false if it is already defined.
    mutating func give(_ kind: NameKind, _ name: String, _ place: SourcePlace) -> Bool {
        given.updateValue(place, forKey: Key(kind: kind, name: name)) == nil
    }

    mutating func use(_ kind: NameKind, _ name: String, _ place: SourcePlace) {
        uses.append((Key(kind: kind, name: name), place))
        used.insert(Key(kind: kind, name: name))
    }

    /// Records a field; false if another form or document defines it with another type.
    mutating func give(field: FieldName, _ type: FieldType) -> Bool {
        fields.updateValue(type, forKey: field).map { $0 == type } ?? true
    }

    /// Records a collected number.
    mutating func give(collectedCount id: FieldName) { fields[id] = .count }

    /// Records the state of a procedure's case as a field, "product.state".
    mutating func giveState(of procedure: String) { fields[FieldName(procedure, "state")] = .text }

    /// Records a kept field. Its type is that of the field it is copied from, which may be declared later.
    mutating func give(kept: FieldName, _ source: FieldName) { copies[kept] = source }

    /// The type of a field; nil if it is not declared.
    func type(of field: FieldName) -> FieldType? { fields[field] ?? copies[field].flatMap { fields[$0] } }

    mutating func use(field: FieldName, _ types: Set<FieldType>, _ place: SourcePlace) {
        fieldUses.append(FieldUse(name: field, types: types, place: place))
    }

    mutating func use(values: [(text: String, place: SourcePlace)], of field: FieldName) {
        fieldValues.append(FieldValues(field: field, values: values))
    }

    /// Records two fields that are compared with each other.
    mutating func use(pair: FieldPair, _ place: SourcePlace) { fieldPairs.append((pair, place)) }

    func names(of kind: NameKind) -> [String] { given.keys.filter { $0.kind == kind }.map(\.name).sorted() }
}
