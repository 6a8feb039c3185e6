import Kernel

extension Category {
    var elements: [Element] {
        let own = Element(
            kind: "category", path: "categories.\(id)", title: title,
            parameters: ParameterList().adding("number", number).adding("domain", domain).adding("services", services.map(\.id)).all,
            appliesAt: [],
            concerns: ["institution"], citation: citation)
        return [own] + services.map { $0.element("service", "categories.\(id)") }
    }
}

extension Form {
    var elements: [Element] {
        let own = Element(
            kind: "form", path: "forms.\(id)", title: title, parameters: ParameterList().adding("record", record).all,
            appliesAt: steps.map(\.description), concerns: ["institution"], citation: citation)
        return [own] + fields.map { $0.element("forms.\(id)", steps) }
    }
}

extension FormField {
    func element(_ path: String, _ steps: [StepReference]) -> Element {
        let parameters = ParameterList().adding("type", type.rawValue).adding("starred", flag: isRequired).adding("least", bounds.least)
            .adding("most", bounds.most).adding("options", options.map(\.id)).adding("fixedAfterNotice", flag: isFixedAfterNotice)
        return Element(
            kind: "field", path: "\(path).\(id)", title: title, parameters: parameters.all, appliesAt: steps.map(\.description),
            concerns: ["institution"], citation: citation)
    }
}

extension Document {
    var elements: [Element] {
        let parameters = ParameterList().adding("need", needText).adding("leastCount", leastCount).adding("yieldsTo", yieldsTo)
            .adding("anyOneOf", anyOneOf)
        let own = Element(
            kind: "document", path: "documents.\(id)", title: title, parameters: parameters.all, appliesAt: steps.map(\.description),
            concerns: [by], citation: citation)
        return [own] + fields.map { $0.element("documents.\(id)", steps) }
    }

    private var needText: String {
        switch need {
        case .required: "required"
        case .optional: "optional"
        case .when(let condition): "where \(condition.explanation)"
        }
    }
}

extension PaperRule {
    var element: Element {
        Element(
            kind: "rule for papers", path: "paperRules.\(id)", title: title,
            parameters: ParameterList().adding("kind", kindText).adding("documents", documents).all, appliesAt: [],
            concerns: ["enterprise", "institution"], citation: citation)
    }

    private var kindText: String {
        switch kind {
        case .sealed: "sealed"
        case .formats(let formats): "formats " + formats.joined(separator: ", ")
        case .size(let bytes): "at most \(bytes) bytes"
        case .oneFileEach: "one file each"
        case .folder(let pattern): "folder \(pattern)"
        }
    }
}
