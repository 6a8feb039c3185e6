import Configuration

/// One of the places that settings come from: what it holds, under the names it is written with there.
struct SettingSource: Sendable {
    let origin: SettingOrigin
    /// Every name that was found, as written there; for the environment only those that begin with `QUAN_`.
    let names: [String]
    let snapshot: any ConfigSnapshot
    /// The numbers and booleans of a JSON file as text: its snapshot would convert `true` to 1 and so hide a mistake.
    var bareValues: [String: String] = [:]

    /// How this source writes a setting's key.
    func spelling(of key: String) -> String {
        switch origin {
        case .environment: SettingName.environment(of: key)
        case .flag: SettingName.flag(of: key)
        case .file, .standard: key
        }
    }

    /// What a name adds below a setting of kind `properties`; `nil` when it does not lie below it.
    func property(of name: String, below key: String) -> String? {
        let separator: Character = origin == .environment ? "_" : origin == .flag ? "-" : "."
        let prefix = spelling(of: key) + String(separator)
        guard name.hasPrefix(prefix), name.count > prefix.count else { return nil }
        let property = name.dropFirst(prefix.count)
        guard separator != "." else { return String(property) }
        return property.lowercased().split(separator: separator).joined(separator: ".")
    }

    /// A setting's value here, checked: `nil` when this source does not set it.
    func content(of declaration: SettingDeclaration) throws(BadValue) -> SettingContent? {
        guard names.contains(spelling(of: declaration.key)) else { return nil }
        let text = try text(at: declaration.key, kind: declaration.kind)
        guard let content = declaration.kind.content(ofText: text) else { throw BadValue(text: text) }
        return content
    }

    /// The value of a property that was found below a setting's key.
    func text(ofProperty property: String, below key: String) throws(BadValue) -> String {
        try text(at: key + "." + property, kind: .text)
    }

    /// The value as text, whatever type the source gave it, so that one set of rules checks them all.
    private func text(at key: String, kind: SettingKind) throws(BadValue) -> String {
        if let bare = bareValues[key] { return bare }
        if case .string(let text)? = content(at: key, .string) { return text }
        guard case .stringArray(let texts)? = content(at: key, .stringArray) else { throw BadValue(text: nil) }
        if texts.isEmpty, origin == .flag, kind == .boolean { return "true" }
        // A flag's value was split at its commas: only a list means that.
        guard kind == .list || (origin == .flag && !texts.isEmpty) else { throw BadValue(text: texts.isEmpty ? nil : "\(texts)") }
        return texts.joined(separator: ",")
    }

    private func content(at key: String, _ type: ConfigType) -> ConfigContent? {
        let components = key.split(separator: ".").map(String.init)
        let lookup = AbsoluteConfigKey(origin == .environment ? ["quan"] + components : components)
        // A conversion that fails only says that the value has another type, which the caller tries next.
        return (try? snapshot.value(forKey: lookup, type: type))?.value?.content
    }
}

/// A value that is not what its setting expects; its text when it has one.
struct BadValue: Error {
    var text: String?
}
