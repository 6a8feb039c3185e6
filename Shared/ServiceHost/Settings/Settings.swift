/// All settings of a service, read and checked.
public struct Settings: Sendable {
    struct Resolved: Sendable {
        let declaration: SettingDeclaration
        let content: SettingContent?
        let origin: SettingOrigin
    }

    let resolved: [String: Resolved]

    /// A setting's value or its default. A setting that the service does not declare has its default.
    public subscript<Value>(_ setting: Setting<Value>) -> Value {
        guard let content = resolved[setting.declaration.key]?.content else { return setting.fallback }
        return setting.value(content) ?? setting.fallback
    }

    /// The source of a setting's value.
    public func origin<Value>(of setting: Setting<Value>) -> SettingOrigin {
        resolved[setting.declaration.key]?.origin ?? .standard
    }

    /// The settings that are set, for the log: key to value and source, with secrets masked.
    public var summary: [String: String] {
        resolved.filter { $0.value.origin != .standard }.mapValues { setting in
            let value = setting.declaration.isSecret ? "(secret)" : setting.content?.text ?? ""
            return "\(value) (\(setting.origin))"
        }
    }

    /// The values of all secret settings, which the log masks.
    var secrets: [String] {
        resolved.values.filter(\.declaration.isSecret).flatMap { setting -> [String] in
            switch setting.content {
            case .text(let text): [text]
            case .list(let texts): texts
            case .properties(let properties): properties.filter { SecretName.matches($0.key) }.map(\.value)
            case .integer, .duration, .boolean, nil: []
            }
        }
    }
}
