import CLibqpdf

/// Checks a PDF with qpdf: every object that a viewer can reach, including those in object streams, is checked for active content, external
/// links and embedded files. Page streams are not decompressed.
struct PDFLibrary {
    /// Far more objects than any paper has.
    private static let mostObjects = 500_000
    private static let longest = Duration.seconds(10)
    private static let actions: Set<String> = [
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound", "/RichMediaExecute",
        "/GoTo3DView",
    ]
    private static let annotations: Set<String> = ["/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"]
    private static let keys: Set<String> = ["/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/Collection"]
    private static let schemes = ["http://", "https://", "mailto:"]

    private let pdf: qpdf_data

    static func fault(in bytes: [UInt8]) -> ContentFault? {
        guard var pdf = qpdf_init() else { return damaged }
        defer {
            withUnsafeMutablePointer(to: &pdf) { place in place.withMemoryRebound(to: qpdf_data?.self, capacity: 1) { qpdf_cleanup($0) } }
        }
        qpdf_set_suppress_warnings(pdf, 1)
        let status = bytes.withUnsafeBytes { buffer in
            qpdf_read_memory(pdf, "paper", buffer.baseAddress?.assumingMemoryBound(to: CChar.self), UInt64(buffer.count), nil)
        }
        guard status & 2 == 0 else {
            let error = qpdf_get_error(pdf)
            return qpdf_get_error_code(pdf, error) == qpdf_e_password ? encrypted : damaged
        }
        guard qpdf_is_encrypted(pdf) == 0 else { return encrypted }
        return PDFLibrary(pdf: pdf).walk()
    }

    private static let damaged = ContentFault.damaged(zh: "PDF 的对象结构已损坏", en: "the PDF's object structure is damaged")
    private static let encrypted = ContentFault.unsafe(zh: "PDF 已加密", en: "the PDF is encrypted")

    /// Visits every object from the trailer on; each indirect object once.
    private func walk() -> ContentFault? {
        let begin = ContinuousClock.now
        var seen: Set<Int64> = []
        var count = 0
        var waiting = [qpdf_get_trailer(pdf)]
        while let object = waiting.popLast() {
            defer { qpdf_oh_release(pdf, object) }
            count += 1
            guard count <= Self.mostObjects, ContinuousClock.now - begin < Self.longest else {
                return .unsafe(zh: "PDF 的对象过多", en: "the PDF has too many objects")
            }
            if qpdf_oh_is_indirect(pdf, object) != 0 {
                let id = Int64(qpdf_oh_get_object_id(pdf, object)) << 32 | Int64(qpdf_oh_get_generation(pdf, object))
                guard seen.insert(id).inserted else { continue }
            }
            switch qpdf_oh_get_type_code(pdf, object) {
            case ot_array:
                for place in 0..<qpdf_oh_get_array_n_items(pdf, object) { waiting.append(qpdf_oh_get_array_item(pdf, object, place)) }
            case ot_stream: waiting.append(qpdf_oh_get_dict(pdf, object))
            case ot_dictionary:
                for key in keys(of: object) {
                    let value = qpdf_oh_get_key(pdf, object, key)
                    waiting.append(value)
                    if let found = fault(key, value) { return found }
                }
            default: break
            }
        }
        return nil
    }

    private func keys(of dictionary: qpdf_oh) -> [String] {
        var keys: [String] = []
        qpdf_oh_begin_dict_key_iter(pdf, dictionary)
        while qpdf_oh_dict_more_keys(pdf) != 0 {
            if let key = qpdf_oh_dict_next_key(pdf) { keys.append(String(cString: key)) }
        }
        return keys
    }

    private func fault(_ key: String, _ value: qpdf_oh) -> ContentFault? {
        guard qpdf_oh_get_type_code(pdf, value) != ot_null else { return nil }
        if Self.keys.contains(key) { return Self.found(key) }
        switch key {
        case "/Encrypt": return Self.encrypted
        case "/S": return name(value).flatMap { Self.actions.contains($0) ? Self.found($0) : nil }
        case "/Subtype": return name(value).flatMap { Self.annotations.contains($0) ? Self.found($0) : nil }
        case "/URI": return isOutside(value) ? nil : Self.found("/URI")
        default: return nil
        }
    }

    private func name(_ value: qpdf_oh) -> String? {
        guard qpdf_oh_get_type_code(pdf, value) == ot_name, let name = qpdf_oh_get_name(pdf, value) else { return nil }
        return String(cString: name)
    }

    /// Whether a link is to a web page or mail address. The catalogue's own /URI is a dictionary with a base, which is allowed too.
    private func isOutside(_ value: qpdf_oh) -> Bool {
        guard qpdf_oh_get_type_code(pdf, value) == ot_string else { return qpdf_oh_get_type_code(pdf, value) == ot_dictionary }
        guard let text = qpdf_oh_get_utf8_value(pdf, value) else { return false }
        let link = String(cString: text).lowercased()
        return Self.schemes.contains(where: link.hasPrefix)
    }

    private static func found(_ name: String) -> ContentFault {
        .unsafe(
            zh: "PDF 含有会运行、打开或附带其他内容的部分（\(name)）",
            en: "the PDF has active content, opens other files or has embedded files (\(name))")
    }
}
